import { after, type Cancel } from '../timer.ts'
import { type Chunk, defineToxic } from './toxic.ts'

/**
 * Keeps the first data of a connection back for `delay` milliseconds, and what comes behind it: the kernel accepts a
 * connection by itself, so a slow handshake can only be felt in what follows it. Connections that were open before the
 * toxic came are left alone.
 */
export const slowOpen = defineToxic({
  type: 'slow_open',
  attributes: { delay: 'integer' },

  start(outlet, { delay }) {
    const { memory } = outlet
    let held: Chunk | undefined
    let cancel: Cancel | undefined

    function passHeld() {
      const chunk = held!
      held = undefined
      chunk.receivedAtMs = performance.now()
      outlet.pass(chunk)
    }

    return {
      take(chunk) {
        const waitMs = memory.isOpen ? 0 : chunk.receivedAtMs + delay - performance.now()
        memory.isOpen = true
        if (waitMs <= 0) {
          outlet.pass(chunk)
          return true
        }
        held = chunk
        cancel = after(waitMs, () => {
          passHeld()
          outlet.done()
        })
        return false
      },
      interrupt() {
        cancel?.()
        if (held !== undefined) passHeld()
      },
    }
  },
})
