import { z } from 'zod'
import { ownToken } from '../common/callers.ts'
import { capacityVariables } from '../common/capacity.ts'
import { type Environment, integer, linkUrl, readConfig } from '../common/config.ts'
import { deadlines } from '../measures/deadlines.ts'
import { temporaryIssuance } from '../measures/temporary-issuance.ts'

/** A secret of the mock network. */
export const mockIssuerOperatorToken = 'mock-network-only-id-issuer-operator'

/** @throws ConfigurationError with every problem at once */
export function readMobileIdConfig(env: Environment) {
  return readConfig(
    'mobile-id',
    env,
    {
      ...capacityVariables,
      /** The issuer's key: see services/enrolment. */
      ISSUER_FILE: z.string().min(1),
      /** Where it writes down every number that it gives. */
      BOOK_FILE: z.string().min(1),
      RESIDENT_URL: linkUrl,
      /** The provider of simple authentication. */
      SIMPLE_AUTH_URL: linkUrl,
      ID_STORAGE_URL: linkUrl,
      /** What it shows all three. */
      OWN_TOKEN: ownToken('mobile-id'),
      /** What operators and reconcilers show. */
      OPERATOR_TOKEN: z.string().min(8).default(mockIssuerOperatorToken),
      /** Longest wait for the checks of /health/deep, in ms. */
      DEEP_CHECK_MS: integer(1, 60_000).default(400),
    },
    { deadlines, temporaryIssuance },
  )
}
