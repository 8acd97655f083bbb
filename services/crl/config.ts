import { z } from 'zod'
import { capacityVariables } from '../common/capacity.ts'
import { type Environment, integer, readConfig } from '../common/config.ts'
import { deadlines } from '../measures/deadlines.ts'

/** @throws ConfigurationError with every problem at once */
export function readCrlConfig(env: Environment) {
  return readConfig(
    'crl',
    env,
    {
      ...capacityVariables,
      /** The authority's key: see services/enrolment. */
      ISSUER_FILE: z.string().min(1),
      /** Where what is reported lost is kept; made when missing. */
      REVOCATIONS_FILE: z.string().min(1),
      /**
       * How long a list may be relied on, in s: its next update. A new one is made each second. † ours: some six
       * minutes of the replay; a real list's day would outlive every scenario.
       */
      CRL_VALID_S: integer(2, 86_400).default(6),
    },
    { deadlines },
  )
}
