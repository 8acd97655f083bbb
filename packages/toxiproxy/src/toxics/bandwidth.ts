import { after, type Cancel } from '../timer.ts'
import { type Chunk, defineToxic } from './toxic.ts'

const SLICE_MS = 100
/** Less than this is carried on instead of waited: no timer keeps so small a promise. */
const WAITABLE_MS = 1

/**
 * Lets `rate` KB (of 1,000 bytes) a second through, in slices of at most 100 ms. What a wait was too long, and what it
 * took to fetch the next chunk, is taken off the waits that follow. A rate of 0 stalls the stream.
 */
export const bandwidth = defineToxic({
  type: 'bandwidth',
  attributes: { rate: 'integer' },

  start(outlet, { rate }, { strict }) {
    const sliceBytes = rate * SLICE_MS
    let held: Chunk | undefined
    /** How far the stream is behind its rate; below 0, ahead of it. */
    let lateMs = 0
    let doneAtMs = 0
    /** Above 0, a chunk that comes must have been waiting already. */
    let turnsLeft = 0
    let turn: NodeJS.Immediate | undefined
    let cancel: Cancel | undefined

    function wait(dueMs: number, then: () => void) {
      const startedAtMs = performance.now()
      const waitMs = dueMs - lateMs
      cancel = after(waitMs, () => {
        lateMs = performance.now() - startedAtMs - waitMs
        then()
      })
    }

    function pace() {
      const { data, receivedAtMs } = held!
      if (data.length <= sliceBytes) {
        wait(data.length / rate, () => {
          release()
          outlet.done()
        })
        return
      }
      wait(SLICE_MS, () => {
        held = { data: data.subarray(sliceBytes), receivedAtMs }
        outlet.pass({ data: data.subarray(0, sliceBytes), receivedAtMs })
        pace()
      })
    }

    function release() {
      const chunk = held!
      held = undefined
      doneAtMs = performance.now()
      // A chunk that waits in the kernel is here within the next turn of the event loop.
      turnsLeft = 2
      turn ??= setImmediate(nextTurn)
      outlet.pass(chunk)
    }

    function nextTurn() {
      turn = --turnsLeft > 0 ? setImmediate(nextTurn) : undefined
    }

    return {
      take(chunk) {
        if (rate < 0 && strict) throw new Error(`bandwidth toxic with a negative rate: ${rate}`)
        held = chunk
        if (rate <= 0) return false
        lateMs = turnsLeft === 0 ? Math.min(lateMs, 0) : lateMs + performance.now() - doneAtMs
        const dueMs = chunk.data.length / rate
        if (chunk.data.length > sliceBytes || dueMs - lateMs >= WAITABLE_MS) {
          pace()
          return false
        }
        lateMs -= dueMs
        release()
        return true
      },
      interrupt() {
        clearImmediate(turn)
        if (held === undefined) return
        cancel?.()
        const chunk = held
        held = undefined
        outlet.pass(chunk)
      },
    }
  },
})
