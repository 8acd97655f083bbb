import { after, type Cancel } from '../timer.ts'
import { defineToxic } from './toxic.ts'

/** Lets data pass and keeps the end of the stream back for `delay` milliseconds. */
export const slowClose = defineToxic({
  type: 'slow_close',
  attributes: { delay: 'integer' },

  start(outlet, { delay }) {
    let cancel: Cancel | undefined
    return {
      take(chunk) {
        outlet.pass(chunk)
        return true
      },
      end(ending) {
        cancel = after(delay, () => outlet.end(ending))
      },
      interrupt() {
        cancel?.()
      },
    }
  },
})
