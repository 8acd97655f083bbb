import { type Environment, integer, linkUrl, readConfig } from '../common/config.ts'

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
      /** Longest wait for one check of /health/deep, in ms. */
      DEEP_CHECK_MS: integer(1, 60_000).default(400),
    },
    {},
  )
}
