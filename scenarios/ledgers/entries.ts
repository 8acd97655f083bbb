import type { InvariantReader } from '../../harness/index.ts'
import { alarmsOf } from './alarms.ts'
import { type Entry, entriesOf, facts, keyOf, type Receipt, receiptsAtClose, rows } from './read.ts'

/** Ledger invariants 2–5: what was entered, compared with what was written at the counter. */
export const entryInvariants: Readonly<Record<string, InvariantReader>> = {
  'entries say what receipts say': async (topology, signal) => {
    const written = new Map(
      (await receiptsAtClose(topology, signal)).map((receipt) => [keyOf(receipt), receipt]),
    )
    const entries = await entriesOf(topology)
    return facts(
      entries,
      entries.flatMap((entry) => {
        const receipt = written.get(keyOf(entry))
        if (receipt === undefined) return [`${keyOf(entry)} was entered, and is not in the centre's book`]
        return differences(receipt, entry)
      }),
      `${entries.length} entries compared with their receipts, field by field`,
    )
  },

  'each receipt was entered once': async (topology, signal) => {
    await receiptsAtClose(topology, signal)
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

  'each visit has one document': async (topology, signal) => {
    const receipts = await receiptsAtClose(topology, signal)
    const entries = new Map((await entriesOf(topology)).map((entry) => [entry.visit, entry]))
    const documents = Map.groupBy(
      await rows<Document>(
        topology,
        `select number, idempotency_key as visit, resident as "residentId", kind, document ->> 'id' as subject
         from certificates`,
      ),
      ({ visit }) => visit,
    )
    const entered = receipts.filter(({ visit }) => entries.has(visit))
    return facts(
      entered,
      entered.flatMap((receipt) => {
        const { certificate } = entries.get(receipt.visit)!
        return documentProblems(receipt, certificate, documents.get(receipt.visit) ?? [])
      }),
      `${entered.length} entered receipts and the certificates of their visits`,
    )
  },

  'fixed-date cases keep their order': async (topology, signal) => {
    // What was written at the counter counts, not what the ledger says was written.
    const written = new Map(
      (await receiptsAtClose(topology, signal)).map((receipt) => [
        keyOf(receipt),
        Date.parse(receipt.receivedOn),
      ]),
    )
    const cases = await rows<{ id: string; source: string; received_on: Date }>(
      topology,
      'select id, source, received_on from fixed_date_order order by rank',
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

  'no backdating outside a declared outage': async (topology, signal) => {
    await receiptsAtClose(topology, signal)
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

  'an outage is declared for the time it lasted': async (topology, signal) => {
    const receipts = await receiptsAtClose(topology, signal)
    const declared = await rows<{ office: string; from: Date; to: Date | null }>(
      topology,
      `select office, from_at as "from", to_at as "to" from outage_windows where system = 'saeol'`,
    )
    const everywhere = await alarmsOf<Cause>(topology, signal)
    const words = declared.flatMap(({ office, from, to }) => {
      const began: readonly Cause[] =
        office === '*'
          ? everywhere
          : receipts.filter((one) => one.office === office).map((one) => ({ since: writtenAt(one) }))
      const [cause] = began.filter(({ since }) => Math.abs(since - from.getTime()) <= earlyMs)
      if (cause === undefined)
        return [`the outage of ${office} is declared from ${from.toISOString()} on, when nothing was wrong`]
      if (cause.raisedAt !== undefined && cause.since >= cause.raisedAt)
        return [`the outage of ${office} is declared from when it was noticed on, not from when it began`]
      return to !== null && to.getTime() < (cause.clearedAt ?? 0)
        ? [`the outage of ${office} ends at ${to.toISOString()}, before its alarm was cleared`]
        : []
    })
    return facts(declared, words, `${declared.length} declared outages against alarms and receipts`)
  },
}

/** How far the beginning of a window may lie from what made it be declared, ms. † ours: rounding. */
const earlyMs = 50

interface Document {
  readonly number: string
  readonly visit: string
  readonly residentId: string
  readonly kind: string
  /** Whom the register's data in it are about. */
  readonly subject: string
}

function writtenAt({ receivedOn }: Receipt): number {
  return Date.parse(receivedOn)
}

/** What an outage is declared for, epoch ms: from when on nothing was seen to work, and until when, where that is known. */
interface Cause {
  readonly since: number
  /** When it was noticed; of a receipt there is no such moment. */
  readonly raisedAt?: number
  readonly clearedAt?: number
}

function differences(receipt: Receipt, entry: Entry): string[] {
  const pairs: [string, string, string][] = [
    ['received on', receipt.receivedOn, entry.receivedOn.toISOString()],
    ['about', receipt.residentId, entry.residentId],
    ['for', receipt.kind, entry.kind],
    ['of visit', receipt.visit, entry.visit],
  ]
  return pairs
    .filter(([, paper, ledger]) => paper !== ledger)
    .map(([what, paper, ledger]) => `${keyOf(receipt)}: ${what} ${paper} on paper, ${ledger} in the ledger`)
}

/** @param documents what was issued under the visit's key */
function documentProblems(receipt: Receipt, entered: string, documents: readonly Document[]): string[] {
  const key = keyOf(receipt)
  const [document] = documents
  if (document === undefined) return [`${key} was entered, and its visit has no document`]
  if (documents.length > 1) return [`the visit of ${key} has ${documents.length} documents`]
  if (document.number !== entered)
    return [`the visit of ${key} has ${document.number}, and ${entered} beside it`]
  const { residentId, kind } = receipt
  return document.residentId === residentId && document.subject === residentId && document.kind === kind
    ? []
    : [`${key} is ${kind} of ${residentId}, its document ${document.kind} of ${document.subject}`]
}
