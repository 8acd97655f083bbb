import { z } from 'zod'
import { capacityVariables } from '../common/capacity.ts'
import { type Environment, readConfig } from '../common/config.ts'
import { deadlines } from '../measures/deadlines.ts'

/** @throws ConfigurationError with every problem at once */
export function readIdVerifierConfig(env: Environment) {
  return readConfig(
    'id-verifier',
    env,
    {
      ...capacityVariables,
      /** The issuer's public key: see services/enrolment. */
      VERIFIER_FILE: z.string().min(1),
    },
    { deadlines },
  )
}
