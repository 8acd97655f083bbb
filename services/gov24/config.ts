import { z } from 'zod'
import { ownToken } from '../common/callers.ts'
import { capacityVariables } from '../common/capacity.ts'
import { ConfigurationError, type Environment, integer, linkUrl, readConfig } from '../common/config.ts'
import { alternativeSite } from '../measures/alternative-site.ts'
import { checkBeforeIssue } from '../measures/check-before-issue.ts'
import { circuitBreaker } from '../measures/circuit-breaker.ts'
import { deadlines } from '../measures/deadlines.ts'
import { loadShedding } from '../measures/load-shedding.ts'
import { portalFirst } from '../measures/portal-first.ts'

/** What operators of the portal show. */
export const mockGov24OperatorToken = 'mock-token-of-the-portals-operators'

/** Defects that an update may bring. */
export const gov24Switches = ['crossed-answers'] as const

export type Gov24Config = ReturnType<typeof readGov24Config>

/** @throws ConfigurationError with every problem at once */
export function readGov24Config(env: Environment) {
  const config = readConfig(
    'gov24',
    env,
    {
      ...capacityVariables,
      SAEOL_URL: linkUrl,
      RESIDENT_URL: linkUrl,
      /** The provider of simple authentication. */
      SIMPLE_AUTH_URL: linkUrl,
      /** Where else citizens are served; both are needed by the measure `alternative-site`. */
      KIOSK_URL: linkUrl.optional(),
      CALL_CENTRE_URL: linkUrl.optional(),
      /** What the portal shows the systems it calls. */
      OWN_TOKEN: ownToken('gov24'),
      OPERATOR_TOKEN: z.string().min(8).default(mockGov24OperatorToken),
      /** Keeps what the portal receives in Saeol's place; needed by the measure `portal-first`. */
      OUTBOX_FILE: z.string().min(1).optional(),
      /** How long a citizen stays logged in, in ms. † ours: as long as an official does. */
      SESSION_TTL_MS: integer(1, 86_400_000).default(10_000),
      /** How often the systems behind the portal are probed, in ms. */
      PROBE_INTERVAL_MS: integer(10, 600_000).default(500),
      /** Longest wait for one probe, in ms: longer than a deep check of Saeol takes to fail. */
      PROBE_TIMEOUT_MS: integer(10, 600_000).default(1_000),
    },
    { deadlines, circuitBreaker, loadShedding, checkBeforeIssue, portalFirst, alternativeSite },
  )
  const { portalFirst: keeping, alternativeSite: probing } = config.measures
  const { OUTBOX_FILE: file, KIOSK_URL: kiosk, CALL_CENTRE_URL: callCentre } = config
  const problems = [
    ...(keeping !== undefined && file === undefined
      ? ['OUTBOX_FILE: MEASURE_PORTAL_FIRST is on, so it needs a file for what it keeps']
      : []),
    ...(probing !== undefined && (kiosk === undefined || callCentre === undefined)
      ? ['KIOSK_URL, CALL_CENTRE_URL: MEASURE_ALTERNATIVE_SITE is on, so both are needed']
      : []),
  ]
  if (problems.length > 0) throw new ConfigurationError(config.SERVICE_NAME, problems)
  return {
    ...config,
    /** Where what is received in Saeol's place is kept, and how; undefined where it is not. */
    outbox: keeping && { file: file!, settings: keeping },
    /** The other sites that are probed, and how often; undefined where none is named. */
    sites: probing && { urls: { kiosk: kiosk!, 'call-centre': callCentre! }, everyMs: probing.probeEveryMs },
  }
}
