import { z } from 'zod'
import { type Environment, integer, linkUrl, readConfig } from '../common/config.ts'

/** A secret of the mock network. */
export const mockOperatorToken = 'mock-network-only-operator'

/** @throws ConfigurationError with every problem at once */
export function readL4Config(env: Environment) {
  return readConfig(
    'l4',
    env,
    {
      /** Of the admin API; PORT is what balances. 0 lets the system choose. */
      ADMIN_PORT: integer(0, 65_535),
      GPKI_A_URL: linkUrl,
      GPKI_B_URL: linkUrl,
      /** † ours: the seconds of a real switch, scaled. */
      HEALTH_INTERVAL_MS: integer(10, 600_000).default(250),
      /** How long a backend may take to accept before the next one is tried, in ms. † ours. */
      CONNECT_TIMEOUT_MS: integer(1, 60_000).default(1_000),
      /**
       * A connection over which nothing goes for so long is reset, in ms. † ours: longer than any client waits for an
       * answer (30 s), so that it is never the switch that gives up on a server that is slow.
       */
      IDLE_TIMEOUT_MS: integer(10, 86_400_000).default(60_000),
      /** Client connections at once; more are reset. † ours: fifty times what Saeol keeps. */
      MAX_CONNECTIONS: integer(1, 1_000_000).default(10_000),
      /** What an operator shows. */
      OPERATOR_TOKEN: z.string().min(8).default(mockOperatorToken),
      /** Longest wait for one check of /health/deep, in ms. */
      DEEP_CHECK_MS: integer(1, 60_000).default(400),
    },
    {},
  )
}
