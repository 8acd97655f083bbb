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
    const clock = createRateClock()
    let held: Chunk | undefined

    function pace() {
      const { data, receivedAtMs } = held!
      if (data.length <= sliceBytes) {
        clock.wait(data.length / rate, () => {
          release()
          outlet.done()
        })
        return
      }
      clock.wait(SLICE_MS, () => {
        held = { data: data.subarray(sliceBytes), receivedAtMs }
        outlet.pass({ data: data.subarray(0, sliceBytes), receivedAtMs })
        pace()
      })
    }

    function release() {
      const chunk = held!
      held = undefined
      clock.rest()
      outlet.pass(chunk)
    }

    return {
      take(chunk) {
        if (rate < 0 && strict) throw new Error(`bandwidth toxic with a negative rate: ${rate}`)
        held = chunk
        if (rate <= 0) return false
        clock.goOn()
        if (chunk.data.length <= sliceBytes && clock.skip(chunk.data.length / rate)) {
          release()
          return true
        }
        pace()
        return false
      },
      interrupt() {
        clock.stop()
        if (held === undefined) return
        const chunk = held
        held = undefined
        outlet.pass(chunk)
      },
    }
  },
})

/** Waits that make up for those before them, and for the time that is lost between two chunks. */
function createRateClock() {
  /** How far the stream is behind its rate; below 0, ahead of it. */
  let lateMs = 0
  let restingSinceMs = 0
  const recently = watchTurns()
  let cancel: Cancel | undefined

  return {
    /** A chunk has been dealt with. */
    rest() {
      restingSinceMs = performance.now()
      recently.begin()
    },
    /** A chunk comes. One that comes at once was waiting already, so that the time since then was lost. */
    goOn() {
      lateMs = recently.lasts() ? lateMs + performance.now() - restingSinceMs : Math.min(lateMs, 0)
    },
    /** Returns false where it is to be waited for; else it is carried on, to be waited for later. */
    skip(dueMs: number): boolean {
      if (dueMs - lateMs >= WAITABLE_MS) return false
      lateMs -= dueMs
      return true
    },
    wait(dueMs: number, then: () => void) {
      const startedAtMs = performance.now()
      const waitMs = dueMs - lateMs
      cancel = after(waitMs, () => {
        lateMs = performance.now() - startedAtMs - waitMs
        then()
      })
    },
    stop() {
      recently.stop()
      cancel?.()
    },
  }
}

/** What is left of this turn of the event loop, and the next: a chunk that waits in the kernel is here by then. */
function watchTurns() {
  let left = 0
  let turn: NodeJS.Immediate | undefined

  function next() {
    turn = --left > 0 ? setImmediate(next) : undefined
  }

  return {
    begin() {
      left = 2
      turn ??= setImmediate(next)
    },
    lasts: () => left > 0,
    stop: () => clearImmediate(turn),
  }
}
