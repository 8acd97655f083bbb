import type { Capacity } from '../../common/capacity.ts'
import type { Database } from '../../common/database.ts'
import type { Downstream } from '../../common/downstream.ts'
import type { Sabotaged } from '../../common/sabotage.ts'
import type { Register } from '../../enrolment/register.ts'
import type { PasswordFallbackParameters } from '../../measures/password-fallback.ts'
import type { Audit } from '../audit/audit.ts'
import type { Refusals } from '../audit/refusals.ts'
import type { Fallback } from '../fallback/fallback.ts'
import type { SessionStore } from '../sessions/store.ts'

export interface LoginDeps {
  readonly config: {
    readonly SEED: string
    readonly SERVICE_NAME: string
    readonly SESSION_TTL_MS: number
    /** Seals challenges too. */
    readonly AUDIT_KEY: string
    readonly FRONT_TOKEN: string
    /** What Saeol shows the systems it calls. */
    readonly OWN_TOKEN: string
    readonly measures: { readonly passwordFallback: PasswordFallbackParameters | undefined }
  }
  readonly database: Database
  readonly sessions: SessionStore
  readonly capacity: Pick<Capacity<'login'>, 'slot'>
  /** The link to GPKI, through the L4 switch. */
  readonly gpki: Pick<Downstream, 'call'>
  readonly register: Pick<Register, 'officials'>
  readonly audit: Pick<Audit, 'append'>
  readonly refusals: Refusals
  readonly fallback: Fallback
  readonly sabotaged: Sabotaged
  /** Epoch ms. */
  readonly now: () => number
}
