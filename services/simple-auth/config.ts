import { z } from 'zod'
import { callerTokens } from '../common/callers.ts'
import { capacityVariables } from '../common/capacity.ts'
import { type Environment, readConfig } from '../common/config.ts'
import { deadlines } from '../measures/deadlines.ts'

/** @throws ConfigurationError with every problem at once */
export function readSimpleAuthConfig(env: Environment) {
  return readConfig(
    'simple-auth',
    env,
    {
      ...capacityVariables,
      /** Whose phones it knows: see services/enrolment. */
      PHONES_FILE: z.string().min(1),
      /** Who may ask; each is the audience of what was approved for it. */
      CALLERS: callerTokens('gov24', 'kiosk', 'call-centre', 'mobile-id'),
    },
    { deadlines },
  )
}
