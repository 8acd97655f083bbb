/** Readers of the ledgers and the audit: past the links, once an arm's load has ended. Each looks at every record. */
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { InvariantFacts, InvariantReader, System } from '../harness/index.ts'
import { type AuditRecord, type ChainHead, verifyChain } from '../services/saeol/audit/chain.ts'

/** A receipt as the community centre keeps it. */
interface Receipt {
  readonly office: string
  readonly number: string
  readonly receivedOn: string
  readonly kind: string
  readonly state: 'pending' | 'entered' | 'rejected'
  readonly reason?: string
}

interface Entry {
  readonly office: string
  readonly number: string
  readonly receivedOn: Date
  readonly enteredAt: Date
}

type Topology = Parameters<InvariantReader>[0]

/** Ledger invariants 1–5, the audit, and the certificates. Names are what checks refer to. */
export const invariants: System['invariants'] = {
  'receipts kept': async (topology, signal) => {
    const receipts = await receiptsOf(topology, signal)
    return facts(receipts, numberGaps(receipts), `${receipts.length} receipts in the centre's book`)
  },

  'every receipt was entered': async (topology, signal) => {
    const receipts = await receiptsAtClose(topology, signal)
    const entered = new Set((await entriesOf(topology)).map(keyOf))
    const open = receipts.filter((receipt) => receipt.state === 'pending')
    const missing = receipts.filter((receipt) => receipt.state === 'entered' && !entered.has(keyOf(receipt)))
    const rejected = receipts.filter(({ state, reason }) => state === 'rejected' && (reason ?? '') === '')
    return facts(
      receipts,
      [
        ...open.map((receipt) => `${keyOf(receipt)} is still pending`),
        ...missing.map(
          (receipt) => `${keyOf(receipt)} is said to be entered, and the ledger does not have it`,
        ),
        ...rejected.map((receipt) => `${keyOf(receipt)} was rejected without a reason`),
      ],
      `${receipts.length} receipts written, ${entered.size} entered, ${open.length} pending`,
    )
  },

  'the date of receipt stands': async (topology, signal) => {
    const written = new Map((await receiptsOf(topology, signal)).map((receipt) => [keyOf(receipt), receipt]))
    const entries = (await entriesOf(topology)).filter((entry) => written.has(keyOf(entry)))
    const moved = entries.filter(
      (entry) => Date.parse(written.get(keyOf(entry))!.receivedOn) !== entry.receivedOn.getTime(),
    )
    const words = moved.map(
      (entry) =>
        `${keyOf(entry)} was received on ${written.get(keyOf(entry))!.receivedOn}, the ledger says ${entry.receivedOn.toISOString()}`,
    )
    return facts(entries, words, `${entries.length} entries compared with their receipts`)
  },

  'each receipt was entered once': async (topology) => {
    const entries = await entriesOf(topology)
    const counts = new Map<string, number>()
    for (const entry of entries) counts.set(keyOf(entry), (counts.get(keyOf(entry)) ?? 0) + 1)
    const twice = [...counts].filter(([, count]) => count > 1)
    return facts(
      entries,
      twice.map(([key, count]) => `${key} was entered ${count} times`),
      `${entries.length} entries of ${counts.size} receipts`,
    )
  },

  'fixed-date cases keep their order': async (topology, signal) => {
    const cases = await rows<{ id: string; source: string; received_on: Date }>(
      topology,
      'select id, source, received_on from fixed_date_order order by rank',
    )
    // What was written at the counter counts, not what the ledger says was written.
    const written = new Map(
      (await receiptsOf(topology, signal)).map((receipt) => [keyOf(receipt), Date.parse(receipt.receivedOn)]),
    )
    const receivedAt = (one: { id: string; received_on: Date }): number =>
      written.get(one.id) ?? one.received_on.getTime()
    const words = cases.flatMap((one, i) => {
      const before = cases[i - 1]
      return before !== undefined && receivedAt(before) > receivedAt(one)
        ? [
            `${one.id} (received ${new Date(receivedAt(one)).toISOString()}) comes after ${before.id} (received later)`,
          ]
        : []
    })
    // Cases that were entered later are what can be out of order: without them nothing was looked at.
    const backfilled = cases.filter(({ source }) => source === 'receipt')
    return facts(
      backfilled,
      words,
      `${backfilled.length} backfilled cases among ${cases.length - backfilled.length} online ones`,
    )
  },

  'no backdating outside a declared outage': async (topology) => {
    const outside = await rows<{ office: string; receipt_number: string; received_on: Date }>(
      topology,
      `select office, receipt_number, received_on from retroactive_entries entry
       where not exists (
         select 1 from outage_windows outage
         where outage.office in ('*', entry.office) and outage.from_at <= entry.received_on
           and (outage.to_at is null or entry.received_on <= outage.to_at
             -- Entered while the outage was still declared: lawful then, although its end was set earlier.
             or entry.entered_at <= outage.closed_at))`,
    )
    const entries = await entriesOf(topology)
    return facts(
      entries,
      outside.map(
        (entry) => `${entry.office}/${entry.receipt_number} is dated ${entry.received_on.toISOString()}`,
      ),
      `${entries.length} entries against the declared outages`,
    )
  },

  'the audit chain is whole': async (topology) => {
    // One statement, so that records and head are of one moment: late visits may still be writing.
    const [snapshot] = await rows<{ records: AuditRecord[] | null; head: ChainHead }>(
      topology,
      `select (select json_agg(json_build_object('seq', seq, 'id', id, 'at', at, 'kind', kind, 'facts', facts,
                'prevHash', prev_hash, 'hash', hash) order by seq) from audit) as records,
              (select json_build_object('seq', seq, 'hash', hash) from audit_head) as head`,
    )
    const records = snapshot!.records ?? []
    const verdict = verifyChain(records, snapshot!.head)
    return facts(
      records,
      verdict.ok ? [] : [verdict.problem],
      `${records.length} audit records, hash by hash`,
    )
  },

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

function facts(checked: readonly unknown[], violations: readonly string[], said: string): InvariantFacts {
  return { checked: checked.length, violations, said }
}

function keyOf({ office, number }: { office: string; number: string }): string {
  return `${office}/${number}`
}

/** Receipts of an office are numbered without a gap: a number that is missing is a receipt that was lost. */
function numberGaps(receipts: readonly Receipt[]): string[] {
  const byOffice = Map.groupBy(receipts, ({ office }) => office)
  return [...byOffice].flatMap(([office, ofOffice]) => {
    const numbers = new Set(ofOffice.map(({ number }) => Number(/(\d+)$/.exec(number)![1])))
    const highest = Math.max(...numbers)
    return Array.from({ length: highest }, (_, i) => i + 1)
      .filter((number) => !numbers.has(number))
      .map((number) => `${office}: receipt ${number} is not in the book`)
  })
}

async function receiptsOf(topology: Topology, signal: AbortSignal): Promise<Receipt[]> {
  const answer = await fetch(`${topology.direct('community-centre')}/receipts`, { signal })
  if (!answer.ok) throw new Error(`the community centre answered ${answer.status}`)
  return ((await answer.json()) as { receipts: Receipt[] }).receipts
}

/** How long the centre may work on its last receipts once the doors are shut, ms. † ours: three scaled minutes. */
const closingMs = 3000

/** The book at the close of the day: nobody comes any more, and the desk has had its time for what was left. */
async function receiptsAtClose(topology: Topology, signal: AbortSignal): Promise<Receipt[]> {
  const until = performance.now() + closingMs
  for (;;) {
    const receipts = await receiptsOf(topology, signal)
    if (receipts.every(({ state }) => state !== 'pending') || performance.now() > until) return receipts
    await sleep(100, undefined, { signal })
  }
}

function entriesOf(topology: Topology): Promise<Entry[]> {
  return rows<Entry>(
    topology,
    `select office, receipt_number as number, received_on as "receivedOn", entered_at as "enteredAt"
     from retroactive_entries order by id`,
  )
}

async function rows<T>(topology: Topology, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: topology.direct('postgres') })
  await client.connect()
  try {
    return (await client.query(sql)).rows as T[]
  } finally {
    await client.end()
  }
}
