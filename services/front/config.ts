import { ownToken } from '../common/callers.ts'
import { type Environment, integer, linkUrl, readConfig } from '../common/config.ts'

/** @throws ConfigurationError with every problem at once */
export function readFrontConfig(env: Environment) {
  return readConfig(
    'front',
    env,
    {
      /** Where each line ends; PORT is that of the offices. 0 lets the system choose. */
      OUTSIDE_PORT: integer(0, 65_535),
      ABROAD_PORT: integer(0, 65_535),
      BRANCH_PORT: integer(0, 65_535),
      /** Of its own health: whatever comes by the lines is passed on. */
      ADMIN_PORT: integer(0, 65_535),
      /** The system that it stands before. */
      UPSTREAM_URL: linkUrl,
      /** What it shows that system, which then believes the address that it writes. */
      OWN_TOKEN: ownToken('front'),
      /** Longest wait for one check of /health/deep, in ms. */
      DEEP_CHECK_MS: integer(1, 60_000).default(400),
    },
    {},
  )
}
