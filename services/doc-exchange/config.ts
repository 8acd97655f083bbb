import { z } from 'zod'
import { capacityVariables } from '../common/capacity.ts'
import { databaseUrl, type Environment, integer, linkUrl, readConfig } from '../common/config.ts'
import { deadlines } from '../measures/deadlines.ts'
import { verifiedExchange } from '../measures/verified-exchange.ts'

/** @throws ConfigurationError with every problem at once */
export function readDocExchangeConfig(env: Environment) {
  return readConfig(
    'doc-exchange',
    env,
    {
      ...capacityVariables,
      DATABASE_URL: databaseUrl,
      /** Its own pool. † ours: a document is a handful of statements. */
      DATABASE_POOL: integer(1, 1_000).default(6),
      /** Whose it is, its key, and its peer: see services/enrolment. */
      EXCHANGE_FILE: z.string().min(1),
      /** The exchange of the other agency. Without it this one only receives. */
      PEER_URL: linkUrl.optional(),
      /** Longest wait for the checks of /health/deep, in ms. */
      DEEP_CHECK_MS: integer(1, 60_000).default(400),
    },
    { deadlines, verifiedExchange },
  )
}
