import type { Capacity } from '../common/capacity.ts'
import type { Database } from '../common/database.ts'
import type { Downstream } from '../common/downstream.ts'
import type { Log } from '../common/log.ts'
import type { Sabotaged } from '../common/sabotage.ts'
import type { Register } from '../enrolment/register.ts'
import type { AuditTrail } from './audit/audit.ts'
import type { SaeolWork } from './capacity.ts'
import type { SaeolConfig } from './config.ts'

/** What Saeol's parts are built from; app.ts puts them together. */
export interface SaeolDeps {
  readonly config: SaeolConfig
  readonly log: Log
  readonly database: Database
  readonly gpki: Pick<Downstream, 'call'>
  readonly resident: Downstream
  readonly capacity: Capacity<SaeolWork>
  readonly sabotaged: Sabotaged
  readonly audit: AuditTrail
  /** Officials, duty officers and what verifies them. */
  readonly register: Register
  /** Epoch ms. */
  readonly now: () => number
}
