import { callerTokens } from '../common/callers.ts'
import { capacityVariables } from '../common/capacity.ts'
import { databaseUrl, type Environment, integer, readConfig } from '../common/config.ts'
import { deadlines } from '../measures/deadlines.ts'

/** @throws ConfigurationError with every problem at once */
export function readResidentConfig(env: Environment) {
  return readConfig(
    'resident',
    env,
    {
      ...capacityVariables,
      DATABASE_URL: databaseUrl,
      /** Its own pool. † ours: look-ups take about a millisecond of PostgreSQL each. */
      DATABASE_POOL: integer(1, 1_000).default(8),
      /** Who may look residents up. */
      CALLERS: callerTokens('saeol', 'gov24', 'kiosk', 'call-centre', 'mobile-id'),
      /** How many residents are registered; as many as enrolment knows by default. */
      RESIDENTS: integer(1, 1_000_000).default(2_000),
      /** Longest wait for the check of /health/deep, in ms. */
      DEEP_CHECK_MS: integer(1, 60_000).default(400),
    },
    { deadlines },
  )
}
