import { z } from 'zod'
import { capacityVariables } from '../common/capacity.ts'
import { type Environment, integer, linkUrl, readConfig } from '../common/config.ts'
import { circuitBreaker } from '../measures/circuit-breaker.ts'
import { deadlines } from '../measures/deadlines.ts'
import { manualIntake } from '../measures/manual-intake.ts'

/** The default of RECONCILER_TOKEN. */
export const mockReconcilerToken = 'mock-network-only'

/** @throws ConfigurationError with every problem at once */
export function readCommunityCentreConfig(env: Environment) {
  return readConfig(
    'community-centre',
    env,
    {
      ...capacityVariables,
      SAEOL_URL: linkUrl,
      /** What the clerks and counters hold: see services/enrolment. */
      CENTRE_FILE: z.string().min(1),
      /** The book of receipts; made when missing. */
      RECEIPTS_FILE: z.string().min(1),
      /** What whoever reconciles the book shows to read it; a secret of the mock network. */
      RECONCILER_TOKEN: z.string().min(8).default(mockReconcilerToken),
      /**
       * How long a clerk works on one login by certificate, in ms. † ours: a shift scaled down to the seconds of
       * a replay, so that a counter feels the outage of logins as it did on a Friday at 08:40.
       */
      CLERK_SESSION_MS: integer(0, 86_400_000).default(1_000),
      /** Longest wait for the check of /health/deep, in ms. */
      DEEP_CHECK_MS: integer(1, 60_000).default(1_000),
    },
    { deadlines, circuitBreaker, manualIntake },
  )
}
