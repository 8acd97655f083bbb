import { HarnessError } from '../errors.ts'
import { lastLines } from './host/readiness.ts'
import { tellExit } from './lives.ts'
import type { ServiceDeath } from './runtime.ts'

/**
 * A service that ended unasked, in words, with the last lines of its own log.
 * @example tellDeath(death, 'in the middle of the arm') // back ended in the middle of the arm (exit code 7): it last logged: …
 */
export function tellDeath({ service, log, ...exit }: ServiceDeath, when: string): HarnessError {
  return new HarnessError(`${service} ended ${when} (${tellExit(exit)}): ${lastLines(log)}`, {
    lookAt: [log],
  })
}
