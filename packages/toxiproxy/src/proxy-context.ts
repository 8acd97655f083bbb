import type { Connection } from './connection.ts'
import type { Evidence } from './evidence.ts'
import type { Log } from './log.ts'

/** What all proxies of a server have in common. */
export interface ProxyContext {
  readonly strict: boolean
  readonly seed: string | number
  readonly evidence: Evidence
  readonly log: Log
  connectionEnded(connection: Connection): void
}
