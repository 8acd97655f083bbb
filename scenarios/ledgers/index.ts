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
