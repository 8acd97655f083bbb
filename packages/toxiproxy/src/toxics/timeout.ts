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
    const idle = timeout > 0 ? setTimeout(() => outlet.end('close'), timeout) : undefined
    return {
      take(chunk) {
        idle?.refresh()
        outlet.drop(chunk)
        return true
      },
      end(ending) {
        clearTimeout(idle)
        outlet.end(ending)
      },
      interrupt() {
        clearTimeout(idle)
      },
    }
  },
})
