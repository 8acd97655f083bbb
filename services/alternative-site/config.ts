import { z } from 'zod'
import { mockTokenOf } from '../common/callers.ts'
import { capacityVariables } from '../common/capacity.ts'
import { type Environment, integer, linkUrl, readConfig } from '../common/config.ts'
import { siteNames } from '../gov24/sites.ts'
import { deadlines } from '../measures/deadlines.ts'

/** @throws ConfigurationError with every problem at once */
export function readAlternativeSiteConfig(env: Environment) {
  const config = readConfig(
    'alternative-site',
    env,
    {
      ...capacityVariables,
      /** Which of them it is. */
      SITE: z.enum(siteNames),
      RESIDENT_URL: linkUrl,
      /** The provider of simple authentication. */
      SIMPLE_AUTH_URL: linkUrl,
      /** What it shows both; default: the mock network's token of this site. */
      OWN_TOKEN: z.string().min(8).optional(),
      /** Longest wait for the checks of /health/deep, in ms. */
      DEEP_CHECK_MS: integer(1, 60_000).default(400),
    },
    { deadlines },
  )
  return { ...config, OWN_TOKEN: config.OWN_TOKEN ?? mockTokenOf(config.SITE) }
}
