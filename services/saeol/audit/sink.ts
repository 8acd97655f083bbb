import { randomUUID } from 'node:crypto'
import type { Database, Queries } from '../../common/database.ts'
import type { Log } from '../../common/log.ts'
import type { Sabotaged } from '../../common/sabotage.ts'
import {
  type AuditEntry,
  type AuditRecord,
  auditCutOff,
  type ChainEnd,
  type ChainHead,
  emptyChain,
  isSealed,
  link,
  sealHead,
} from './chain.ts'

/** Where audit entries end up. */
export interface AuditSink {
  /**
   * Chains the entries in their order, all or none; one that is there already is left as it is.
   * @throws when the sink is down
   */
  write(entries: readonly AuditEntry[]): Promise<void>
  /** The same, in a transaction of the caller's. */
  writeWithin(queries: Queries, entries: readonly AuditEntry[]): Promise<void>
}

/** One record in so many is lost under the sabotage `audit-drops-record`, or cut off under `truncates-audit`. */
const dropEvery = 5

/** @param options.key what the chain's head is sealed with; who has only the database cannot make another */
export function createPostgresSink(options: {
  readonly database: Database
  readonly key: string
  readonly log: Log
  readonly sabotaged: Sabotaged
}): AuditSink {
  const { database, key, log, sabotaged } = options
  /** The furthest end that this process is sure of: who puts an older head back puts it back before this one. */
  let surely: ChainEnd = emptyChain

  async function writeWithin(queries: Queries, entries: readonly AuditEntry[]): Promise<ChainEnd> {
    const [row] = await queries.query<{ seq: string; hash: string; seal: string }>(
      'select seq, hash, seal from audit_head for update',
    )
    const found: ChainHead = { ...row!, seq: Number(row!.seq) }
    const known = await knownIds(queries, entries)
    let end: ChainEnd = found
    const records: AuditRecord[] = []
    for (const entry of [...cutOffTold(found), ...entries]) {
      if (known.has(entry.id)) continue
      const record = link(entry, end)
      end = record
      if (sabotaged('audit-drops-record') && record.seq % dropEvery === 0) continue
      records.push(record)
    }
    await insert(queries, records)
    await keepHead(queries, sealHead(end, key))
    if (sabotaged('truncates-audit') && end.seq % dropEvery === 0) await cutOff(queries, end.seq)
    return end
  }

  /** The chain goes on from what was found, and tells what was found: a cut end does not show any more afterwards. */
  function cutOffTold(found: ChainHead): AuditEntry[] {
    const wentBack = found.seq < surely.seq || (found.seq === surely.seq && found.hash !== surely.hash)
    if (isSealed(found, key) && !wentBack) return []
    const facts = {
      foundSeq: found.seq,
      foundHash: found.hash,
      sealed: isSealed(found, key),
      wroteSeq: surely.seq,
    }
    log.error({ event: auditCutOff, ...facts }, 'somebody changed where the audit ends')
    return [{ id: randomUUID(), at: Date.now(), kind: auditCutOff, facts }]
  }

  return {
    async write(entries) {
      surely = await database.transaction((queries) => writeWithin(queries, entries))
    },
    async writeWithin(queries, entries) {
      // Whether the caller commits is not known here.
      await writeWithin(queries, entries)
    },
  }
}

async function keepHead(queries: Queries, { seq, hash, seal }: ChainHead): Promise<void> {
  await queries.query('update audit_head set seq = $1, hash = $2, seal = $3', [seq, hash, seal])
}

/** What somebody does who has the database and not the key: the last record goes, and the head is put back. */
async function cutOff(queries: Queries, seq: number): Promise<void> {
  const [last] = await queries.query<{ prevHash: string }>(
    'delete from audit where seq = $1 returning prev_hash as "prevHash"',
    [seq],
  )
  if (last !== undefined) await keepHead(queries, sealHead({ seq: seq - 1, hash: last.prevHash }, 'a guess'))
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
    const [head] = await queries.query<{ seq: string; hash: string; seal: string }>(
      'select seq, hash, seal from audit_head for share',
    )
    const rows = await queries.query<Omit<AuditRecord, 'seq' | 'at'> & { seq: string; at: string }>(
      'select seq, id, at, kind, facts, prev_hash as "prevHash", hash from audit order by seq',
    )
    return {
      head: { seq: Number(head!.seq), hash: head!.hash, seal: head!.seal },
      records: rows.map((row) => ({ ...row, seq: Number(row.seq), at: Number(row.at) })),
    }
  })
}
