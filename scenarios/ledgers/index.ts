/** Readers of the ledgers and the audit: past the links, once an arm's load has ended. Each looks at every record. */
import type { System } from '../../harness/index.ts'
import { passwordFallback } from '../../services/measures/password-fallback.ts'
import { alarmInvariants } from './alarms.ts'
import { auditInvariants } from './audit.ts'
import { bidInvariants } from './bids.ts'
import { credentialInvariants } from './credentials.ts'
import { documentInvariants } from './documents.ts'
import { doorInvariants } from './doors.ts'
import { entryInvariants } from './entries.ts'
import { idInvariants } from './ids.ts'
import { latePaperInvariants } from './late-papers.ts'
import { outboxInvariants } from './outbox.ts'
import { facts, rows } from './read.ts'
import { receiptInvariants } from './receipts.ts'
import { registerInvariants } from './register.ts'

/** Ledger invariants 1–5, the audit, and the certificates. Names are what checks refer to. */
export const invariants: System['invariants'] = {
  ...receiptInvariants,
  ...entryInvariants,
  ...auditInvariants,
  ...registerInvariants,
  ...documentInvariants,
  ...doorInvariants,
  ...credentialInvariants,
  ...alarmInvariants,
  ...latePaperInvariants,
  ...outboxInvariants,
  ...bidInvariants,
  ...idInvariants,

  'no session outlives the opening it came by': async (topology, _signal, measures) => {
    const { params = {} } = measures.find(({ name }) => name === passwordFallback.name) ?? {}
    /** How long they may go on after the closing, ms. */
    const { drainMs } = passwordFallback.parameters.parse(params)
    const sessions = await rows<{ id: string; alive: boolean }>(
      topology,
      `select session.id, session.expires_at > opening.closed_at + interval '${drainMs} ms' as alive
       from sessions session join fallback_openings opening on opening.id = session.opening
       where opening.closed_at is not null`,
    )
    const alive = sessions.filter((session) => session.alive)
    return facts(
      sessions,
      alive.map(({ id }) => `session ${id} is alive more than ${drainMs} ms after its opening was closed`),
      `${sessions.length} sessions of openings that are closed, ${alive.length} alive`,
    )
  },

  'certificates issued once': async (topology) => {
    const certificates = await rows<{ key: string; numbers: string[] }>(
      topology,
      'select idempotency_key as key, array_agg(number) as numbers from certificates group by 1',
    )
    const twice = certificates.filter(({ numbers }) => numbers.length > 1)
    return {
      ...facts(
        certificates,
        twice.map(({ key, numbers }) => `${key} was issued ${numbers.length} times`),
        `${certificates.length} certificates in the ledger`,
      ),
      ids: certificates.flatMap(({ numbers }) => numbers),
    }
  },
}
