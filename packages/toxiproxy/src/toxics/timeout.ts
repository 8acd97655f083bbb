import { after, type Cancel } from '../timer.ts'
import { defineToxic } from './toxic.ts'

/**
 * Drops all data, and closes the connection once nothing has come for `timeout` milliseconds; with 0 it stays open.
 * When the toxic is removed the connection closes, since what its ends say to each other no longer fits.
 */
export const timeout = defineToxic({
  type: 'timeout',
  attributes: { timeout: 'integer' },
  cutsOnRemoval: true,

  start(outlet, { timeout }) {
    let dueMs = performance.now() + timeout
    let cancel: Cancel | undefined

    // Each chunk puts it off: a timer is set anew only once the one before has fired.
    function waitUntilIdle() {
      cancel = after(dueMs - performance.now(), () => {
        if (performance.now() >= dueMs) outlet.end('close')
        else waitUntilIdle()
      })
    }
    if (timeout > 0) waitUntilIdle()

    return {
      take(chunk) {
        dueMs = performance.now() + timeout
        outlet.drop(chunk)
        return true
      },
      end(ending) {
        cancel?.()
        outlet.end(ending)
      },
      interrupt() {
        cancel?.()
      },
    }
  },
})
