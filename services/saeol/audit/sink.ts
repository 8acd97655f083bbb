import type { Database, Queries } from '../../common/database.ts'
import type { Sabotaged } from '../../common/sabotage.ts'
import { type AuditEntry, type AuditRecord, type ChainHead, link } from './chain.ts'

/** Where audit entries end up. */
export interface AuditSink {
  /**
   * Chains the entries in their order, all or none; one that is there already is left as it is.
   * @throws when the sink is down
   */
  write(entries: readonly AuditEntry[]): Promise<void>
}

/** One record in so many is lost under the sabotage. */
const dropEvery = 5

export function createPostgresSink(database: Database, sabotaged: Sabotaged): AuditSink {
  return {
    async write(entries) {
      await database.transaction(async (queries) => {
        const [row] = await queries.query<{ seq: string; hash: string }>(
          'select seq, hash from audit_head for update',
        )
        const known = await knownIds(queries, entries)
        let head: ChainHead = { seq: Number(row!.seq), hash: row!.hash }
        const records: AuditRecord[] = []
        for (const entry of entries) {
          if (known.has(entry.id)) continue
          const record = link(entry, head)
          head = record
          if (sabotaged('audit-drops-record') && record.seq % dropEvery === 0) continue
          records.push(record)
        }
        await insert(queries, records)
        await queries.query('update audit_head set seq = $1, hash = $2', [head.seq, head.hash])
      })
    },
  }
}

async function knownIds(queries: Queries, entries: readonly AuditEntry[]): Promise<ReadonlySet<string>> {
  const rows = await queries.query<{ id: string }>('select id from audit where id = any($1)', [
    entries.map((entry) => entry.id),
  ])
  return new Set(rows.map((row) => row.id))
}

async function insert(queries: Queries, records: readonly AuditRecord[]): Promise<void> {
  await queries.query(
    `insert into audit (seq, id, at, kind, facts, prev_hash, hash)
     select seq, id, at, kind, facts, "prevHash", hash from jsonb_to_recordset($1) as given
       (seq bigint, id uuid, at bigint, kind text, facts jsonb, "prevHash" text, hash text)`,
    [JSON.stringify(records)],
  )
}

/** Everything audited so far, in order, and where the chain ends: what `verifyChain` takes. */
export async function readAudit(
  database: Database,
): Promise<{ readonly records: readonly AuditRecord[]; readonly head: ChainHead }> {
  return database.transaction(async (queries) => {
    const [head] = await queries.query<{ seq: string; hash: string }>(
      'select seq, hash from audit_head for share',
    )
    const rows = await queries.query<Omit<AuditRecord, 'seq' | 'at'> & { seq: string; at: string }>(
      'select seq, id, at, kind, facts, prev_hash as "prevHash", hash from audit order by seq',
    )
    return {
      head: { seq: Number(head!.seq), hash: head!.hash },
      records: rows.map((row) => ({ ...row, seq: Number(row.seq), at: Number(row.at) })),
    }
  })
}
