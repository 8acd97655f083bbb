import { after, type Cancel } from '../timer.ts'
import { defineToxic } from './toxic.ts'

/**
 * Lets data pass, and closes the connection `time` milliseconds after it was opened, or after the toxic came to it,
 * however much is on its way.
 */
export const limitTime = defineToxic({
  type: 'limit_time',
  attributes: { time: 'integer' },

  start(outlet, { time }) {
    outlet.memory.sinceMs ??= performance.now()
    const cancel: Cancel = after(outlet.memory.sinceMs + time - performance.now(), () => outlet.end('close'))
    return {
      take(chunk) {
        outlet.pass(chunk)
        return true
      },
      end(ending) {
        cancel()
        outlet.end(ending)
      },
      interrupt: cancel,
    }
  },
})
