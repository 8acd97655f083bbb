import { z } from 'zod'
import { capacityVariables } from '../common/capacity.ts'
import { type Environment, readConfig } from '../common/config.ts'
import { deadlines } from '../measures/deadlines.ts'

/** @throws ConfigurationError with every problem at once */
export function readGpkiConfig(env: Environment) {
  return readConfig(
    'gpki',
    env,
    {
      ...capacityVariables,
      /** The root and the revocation list: see services/enrolment. */
      REGISTER_FILE: z.string().min(1),
    },
    { deadlines },
  )
}
