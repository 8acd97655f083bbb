/** Readers of the ledgers and the audit: past the links, once an arm's load has ended. Each looks at every record. */
import type { System } from '../../harness/index.ts'
import { auditInvariants } from './audit.ts'
import { entryInvariants } from './entries.ts'
import { facts, rows } from './read.ts'
import { receiptInvariants } from './receipts.ts'

/** Ledger invariants 1–5, the audit, and the certificates. Names are what checks refer to. */
export const invariants: System['invariants'] = {
  ...receiptInvariants,
  ...entryInvariants,
  ...auditInvariants,

  'certificates issued once': async (topology) => {
    const certificates = await rows<{ key: string; count: string }>(
      topology,
      'select idempotency_key as key, count(*) as count from certificates group by 1',
    )
    const twice = certificates.filter(({ count }) => Number(count) > 1)
    return facts(
      certificates,
      twice.map(({ key, count }) => `${key} was issued ${count} times`),
      `${certificates.length} certificates in the ledger`,
    )
  },
}
