import { z } from 'zod'
import { callerTokens } from '../common/callers.ts'
import { capacityVariables } from '../common/capacity.ts'
import { type Environment, integer, linkUrl, readConfig } from '../common/config.ts'
import { deadlines } from '../measures/deadlines.ts'

/** @throws ConfigurationError with every problem at once */
export function readGpkiConfig(env: Environment) {
  return readConfig(
    'gpki',
    env,
    {
      ...capacityVariables,
      /** The root and the issuing authority: see services/enrolment. */
      TRUST_FILE: z.string().min(1),
      /** Where the revocation list comes from. */
      CRL_URL: linkUrl,
      /** From one fetch of the list to the next, in ms. † ours: as often as a new one is made. */
      CRL_REFRESH_MS: integer(10, 86_400_000).default(1_000),
      /** Longest wait for the list, in ms. */
      CRL_TIMEOUT_MS: integer(10, 60_000).default(1_000),
      /** Who may have somebody verified; each is the audience of what was signed for it. */
      CALLERS: callerTokens('saeol', 'situation-room'),
    },
    { deadlines },
  )
}
