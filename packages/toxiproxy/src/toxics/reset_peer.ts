import { after, type Cancel } from '../timer.ts'
import { type Chunk, defineToxic } from './toxic.ts'

/** Resets both sockets `timeout` milliseconds after the first chunk or the end of the stream came. */
export const resetPeer = defineToxic({
  type: 'reset_peer',
  attributes: { timeout: 'integer' },

  start(outlet, { timeout }) {
    let held: Chunk | undefined
    let cancel: Cancel | undefined

    const resetLater = () => {
      cancel = after(timeout, () => {
        if (held !== undefined) outlet.drop(held)
        outlet.end('reset')
      })
    }

    return {
      take(chunk) {
        held = chunk
        resetLater()
        return false
      },
      end: resetLater,
      interrupt() {
        cancel?.()
        if (held !== undefined) outlet.pass(held)
        held = undefined
      },
    }
  },
})
