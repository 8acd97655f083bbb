import { after, type Cancel } from '../timer.ts'
import { type Chunk, defineToxic } from './toxic.ts'

/**
 * Delays each chunk by `latency` ± `jitter` milliseconds from when it was received, in order. Chunks wait side by
 * side, so throughput is kept; the end of the stream is not delayed by itself.
 */
export const latency = defineToxic({
  type: 'latency',
  attributes: { latency: 'integer', jitter: 'integer' },
  buffers: { bytes: 40 * 1024 * 1024, chunks: 1024 },

  start(outlet, { latency, jitter }, { strict }) {
    let held: Chunk | undefined
    let cancel: Cancel | undefined

    const release = () => {
      const chunk = held!
      held = undefined
      outlet.pass(chunk)
    }

    return {
      take(chunk) {
        const delayMs = latency + (jitter > 0 ? Math.floor(outlet.random() * jitter * 2) - jitter : 0)
        const waitMs = chunk.receivedAtMs + delayMs - performance.now()
        // Upstream also takes the wait behind other chunks off the next latency's delay.
        chunk.receivedAtMs += strict ? waitMs : Math.max(0, delayMs)
        if (waitMs <= 0) {
          outlet.pass(chunk)
          return true
        }
        held = chunk
        cancel = after(waitMs, () => {
          release()
          outlet.done()
        })
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
