import { after, type Cancel } from '../timer.ts'
import { type Chunk, defineToxic } from './toxic.ts'

const SLICE_MS = 100
/** A chunk that comes so soon after the one before was on its way already: what lies between is this server's own. */
const CONTINUOUS_MS = 5
/** Below this a debt of time is carried on instead of slept: no timer keeps so small a promise. */
const SLEEPABLE_MS = 1

/**
 * Lets `rate` KB (of 1,000 bytes) a second through, in slices of at most 100 ms. The error of each sleep, and
 * what it takes to fetch the next chunk, is carried into the next. A rate of 0 stalls the stream.
 */
export const bandwidth = defineToxic({
  type: 'bandwidth',
  attributes: { rate: 'integer' },

  start(outlet, { rate }, { strict }) {
    const sliceBytes = rate * SLICE_MS
    let held: Chunk | undefined
    let owedMs = 0
    let doneAtMs = Number.NEGATIVE_INFINITY
    let cancel: Cancel | undefined

    function takeSlice() {
      cancel = after(SLICE_MS, () => {
        const { data, receivedAtMs } = held!
        held = { data: data.subarray(sliceBytes), receivedAtMs }
        owedMs -= SLICE_MS
        outlet.pass({ data: data.subarray(0, sliceBytes), receivedAtMs })
        pace()
      })
    }

    function takeRest() {
      const startedAtMs = performance.now()
      cancel = after(owedMs, () => {
        doneAtMs = performance.now()
        owedMs -= doneAtMs - startedAtMs
        release()
        outlet.done()
      })
    }

    function pace() {
      if (held!.data.length > sliceBytes) takeSlice()
      else takeRest()
    }

    function release() {
      const chunk = held!
      held = undefined
      outlet.pass(chunk)
    }

    return {
      take(chunk) {
        if (rate < 0 && strict) throw new Error(`bandwidth toxic with a negative rate: ${rate}`)
        held = chunk
        if (rate <= 0) return false
        const idleMs = performance.now() - doneAtMs
        if (idleMs < CONTINUOUS_MS) owedMs -= idleMs
        owedMs += chunk.data.length / rate
        if (owedMs < SLEEPABLE_MS && chunk.data.length <= sliceBytes) {
          doneAtMs = performance.now()
          release()
          return true
        }
        pace()
        return false
      },
      interrupt() {
        if (held === undefined) return
        cancel?.()
        release()
      },
    }
  },
})
