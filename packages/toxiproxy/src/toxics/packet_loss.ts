import { arrivalsMs, SEGMENT_BYTES } from '../retransmission.ts'
import { after, type Cancel } from '../timer.ts'
import { type Chunk, defineToxic } from './toxic.ts'

/**
 * Stands in for a path that loses packets of `min_bytes` and more with `probability`, where nobody may touch packets:
 * each segment into which TCP would cut a chunk comes as late as its retransmissions would let it. Small packets pass at
 * once, but none overtakes another. What is held when the toxic goes passes on undelayed.
 */
export const packetLoss = defineToxic({
  type: 'packet_loss',
  attributes: { min_bytes: 'integer', probability: 'float' },
  defaults: { min_bytes: 1500, probability: 0.9 },
  refuse: ({ probability }) =>
    probability >= 0 && probability <= 1 ? undefined : `probability must be from 0 to 1, not ${probability}`,

  start(outlet, { min_bytes: minBytes, probability }) {
    let held: Chunk | undefined
    let arrivals: readonly number[] = []
    let passed = 0
    let cancel: Cancel | undefined

    function rest(): Chunk {
      const { data, receivedAtMs } = held!
      return { data: data.subarray(passed * SEGMENT_BYTES), receivedAtMs }
    }

    /** Passes what has arrived by now, and waits for the next. */
    function passUntil(nowMs: number, startedAtMs: number) {
      let arrived = passed
      while (arrived < arrivals.length && arrivals[arrived]! <= nowMs) arrived++
      if (arrived > passed) {
        const { data, receivedAtMs } = rest()
        outlet.pass({ data: data.subarray(0, (arrived - passed) * SEGMENT_BYTES), receivedAtMs })
        passed = arrived
      }
      if (passed === arrivals.length) {
        held = undefined
        return
      }
      const dueMs = arrivals[passed]!
      cancel = after(startedAtMs + dueMs - performance.now(), () => {
        passUntil(dueMs, startedAtMs)
        if (held === undefined) outlet.done()
      })
    }

    return {
      take(chunk) {
        held = chunk
        arrivals = arrivalsMs(chunk.data.length, { minBytes, probability }, outlet.random)
        passed = 0
        passUntil(0, performance.now())
        return held === undefined
      },
      interrupt() {
        cancel?.()
        if (held === undefined) return
        const chunk = rest()
        held = undefined
        outlet.pass(chunk)
      },
    }
  },
})
