import type { InvariantReader } from '../../harness/index.ts'
import { visitorsOwnReasons } from '../../services/community-centre/receipts/receipts.ts'
import { entriesOf, facts, keyOf, type Receipt, receiptsAtClose, receiptsOf, rows } from './read.ts'

/** Ledger invariant 1: what the centre's book says, and what became of it. */
export const receiptInvariants: Readonly<Record<string, InvariantReader>> = {
  'receipts kept': async (topology, signal) => {
    const receipts = await receiptsOf(topology, signal)
    return {
      ...facts(receipts, numberGaps(receipts), `${receipts.length} receipts in the centre's book`),
      ids: receipts.map(keyOf),
    }
  },

  'receipts entered': async (topology, signal) => {
    const receipts = await receiptsAtClose(topology, signal)
    const kept = new Set((await entriesOf(topology)).map(keyOf))
    const entered = receipts.filter((one) => one.state === 'entered' && kept.has(keyOf(one)))
    return {
      ...facts(entered, [], `${entered.length} receipts that Saeol's ledger has`),
      ids: entered.map(keyOf),
    }
  },

  'receipts rejected for the visitor’s own fault': async (topology, signal) => {
    const receipts = await receiptsAtClose(topology, signal)
    const rejected = receipts.filter(
      ({ state, reason = '' }) => state === 'rejected' && visitorsOwnReasons.has(reason),
    )
    return {
      ...facts(rejected, [], `${rejected.length} receipts about somebody whom nobody knows`),
      ids: rejected.map(keyOf),
    }
  },

  'certificates made from receipts': async (topology, signal) => {
    await receiptsAtClose(topology, signal)
    const entries = await entriesOf(topology)
    return {
      ...facts(entries, [], `${entries.length} certificates of entries`),
      ids: entries.map(({ certificate }) => certificate),
    }
  },

  'every receipt was entered': async (topology, signal) => {
    const receipts = await receiptsAtClose(topology, signal)
    const entered = new Set((await entriesOf(topology)).map(keyOf))
    const pending = receipts.filter(({ state }) => state === 'pending')
    const missing = receipts.filter((receipt) => receipt.state === 'entered' && !entered.has(keyOf(receipt)))
    // A visitor who gave an id that nobody has is told so; any other reason is ours, and the visitor has lost a case.
    const lost = receipts.filter(
      ({ state, reason = '' }) => state === 'rejected' && !visitorsOwnReasons.has(reason),
    )
    return facts(
      receipts,
      [
        ...pending.map((receipt) => `${keyOf(receipt)} is still pending`),
        ...missing.map(
          (receipt) => `${keyOf(receipt)} is said to be entered, and the ledger does not have it`,
        ),
        ...lost.map(
          (receipt) => `${keyOf(receipt)} was rejected: ${receipt.reason}, which is no fault of the visitor`,
        ),
      ],
      `${receipts.length} receipts written, ${entered.size} entered, ${pending.length} pending`,
    )
  },

  'nobody is sent home on a good day': async (topology, signal) => {
    const [receipts, served] = await Promise.all([
      receiptsAtClose(topology, signal),
      rows(
        topology,
        `select number from certificates
         where not exists (select 1 from retroactive_entries where certificate = number)
           and official like 'clerk-%'
           and not ${inDeclaredOutage('issued_at')}`,
      ),
    ])
    const outages = await rows<{ from: Date; to: Date | null }>(
      topology,
      `select from_at as "from", to_at as "to" from outage_windows where office = '*' and system = 'saeol'`,
    )
    const isOut = (at: number) =>
      outages.some(({ from, to }) => from.getTime() <= at && (to === null || at <= to.getTime()))
    const home = receipts.filter(({ receivedOn }) => !isOut(Date.parse(receivedOn)))
    const visitors = [...served, ...home]
    const tooMany = home.length > visitors.length * tolerated
    return facts(
      visitors,
      tooMany
        ? home.map((one) => `${keyOf(one)} was written at ${one.receivedOn}, in no declared outage`)
        : [],
      `${home.length} of ${visitors.length} visitors outside every outage were sent home with a receipt`,
    )
  },
}

/** Share of visitors who may be sent home while nothing is wrong. † ours: a hiccup of a busy machine is no defect. */
const tolerated = 0.05

function inDeclaredOutage(at: string): string {
  return `exists (select 1 from outage_windows where office = '*' and system = 'saeol'
    and from_at <= ${at} and (to_at is null or ${at} <= to_at))`
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
