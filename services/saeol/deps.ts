import type { Capacity } from '../common/capacity.ts'
import type { Database } from '../common/database.ts'
import type { Downstream } from '../common/downstream.ts'
import type { Log } from '../common/log.ts'
import type { Sabotaged } from '../common/sabotage.ts'
import type { Register } from '../enrolment/register.ts'
import type { SaeolWork } from './capacity.ts'
import type { SaeolConfig } from './config.ts'

/** The tamper-evident record of who did what; see audit/. */
export interface AuditTrail {
  append(kind: string, facts: Readonly<Record<string, unknown>>): Promise<void>
}

/** What Saeol's parts are built from; app.ts puts them together. */
export interface SaeolDeps {
  readonly config: SaeolConfig
  readonly log: Log
  readonly database: Database
  readonly gpki: Downstream
  readonly resident: Downstream
  readonly capacity: Capacity<SaeolWork>
  readonly sabotaged: Sabotaged
  readonly audit: AuditTrail
  /** Officials, duty officers and what verifies them. */
  readonly register: Register
  /** Epoch ms. */
  readonly now: () => number
}
