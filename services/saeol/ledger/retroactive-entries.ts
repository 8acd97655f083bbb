import type { Database, Queries } from '../../common/database.ts'
import type { Sabotaged } from '../../common/sabotage.ts'
import type { CertificateKind } from '../certificates/kinds.ts'
import { isInOutageWindow, ledgerSystem } from './outage-windows.ts'

/** What a clerk enters from a paper receipt. */
export interface PaperReceipt {
  readonly office: string
  readonly receiptNumber: string
  /** When the visitor stood at the counter: the date with legal effect. */
  readonly receivedOn: Date
  readonly residentId: string
  readonly kind: CertificateKind
  readonly clerk: string
  /** The second person, who compared the entry with the paper. */
  readonly verifier: string
}

export interface RetroactiveEntry extends PaperReceipt {
  readonly enteredAt: Date
  /** Epoch ms of the date with legal effect: the lower, the earlier its turn (확정일자). */
  readonly priority: number
}

export type EntryResult =
  | { readonly outcome: 'entered'; readonly entry: RetroactiveEntry }
  | { readonly outcome: 'already-entered'; readonly entry: RetroactiveEntry }
  /** This number stands for another visit already. */
  | { readonly outcome: 'different'; readonly entry: RetroactiveEntry }
  | { readonly outcome: 'outside-window' }
  /** Its date contradicts the numbers before or after it in the same office. */
  | { readonly outcome: 'out-of-sequence' }

/** Receipt numbers end in the office's running number, which never starts anew. */
export const receiptNumberPattern = /^[\w-]{1,80}-(\d{6,15})$/

/** Enters a paper receipt exactly once, however often and from however many desks it is tried. */
export function enterReceipt(
  database: Database,
  sabotaged: Sabotaged,
  receipt: PaperReceipt,
  enteredAt: Date,
): Promise<EntryResult> {
  const sequence = Number(receiptNumberPattern.exec(receipt.receiptNumber)?.[1])
  return database.transaction(async (queries) => {
    // One office's entries one after the other, so that two desks cannot both find the sequence in order.
    await queries.query('select pg_advisory_xact_lock(hashtext($1))', [`entries ${receipt.office}`])
    const earlier = sabotaged('enters-twice') ? undefined : await find(queries, receipt)
    if (earlier !== undefined) return compare(earlier, receipt)
    const at = { system: ledgerSystem, office: receipt.office, at: receipt.receivedOn }
    if (!sabotaged('backdates-anywhere') && !(await isInOutageWindow(queries, at))) {
      return { outcome: 'outside-window' }
    }
    if (await contradictsSequence(queries, receipt, sequence)) return { outcome: 'out-of-sequence' }
    const effective = sabotaged('orders-by-entry') ? enteredAt : receipt.receivedOn
    const [entry] = await queries.query<Row>(
      `insert into retroactive_entries (office, receipt_number, receipt_sequence, received_on, entered_at,
         resident, kind, clerk, verifier, priority)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
       returning ${columns}`,
      [
        receipt.office,
        receipt.receiptNumber,
        sequence,
        sabotaged('overwrites-received-on') ? enteredAt : receipt.receivedOn,
        enteredAt,
        receipt.residentId,
        receipt.kind,
        receipt.clerk,
        receipt.verifier,
        effective.getTime(),
      ],
    )
    return { outcome: 'entered', entry: fromRow(entry!) }
  })
}

type Row = Omit<RetroactiveEntry, 'priority'> & { readonly priority: string }

const columns = `office, receipt_number as "receiptNumber", received_on as "receivedOn",
  entered_at as "enteredAt", resident as "residentId", kind, clerk, verifier, priority`

function fromRow(row: Row): RetroactiveEntry {
  return { ...row, priority: Number(row.priority) }
}

async function find(queries: Queries, receipt: PaperReceipt): Promise<RetroactiveEntry | undefined> {
  const [row] = await queries.query<Row>(
    `select ${columns} from retroactive_entries where office = $1 and receipt_number = $2`,
    [receipt.office, receipt.receiptNumber],
  )
  return row === undefined ? undefined : fromRow(row)
}

/** The same visit, whoever enters it: the second of two clerks gets the first one's record. */
function compare(entry: RetroactiveEntry, receipt: PaperReceipt): EntryResult {
  const same =
    entry.residentId === receipt.residentId &&
    entry.kind === receipt.kind &&
    entry.receivedOn.getTime() === receipt.receivedOn.getTime()
  return { outcome: same ? 'already-entered' : 'different', entry }
}

/** A lower number received later, or a higher one received earlier, means that somebody jumps the queue. */
async function contradictsSequence(
  queries: Queries,
  receipt: PaperReceipt,
  sequence: number,
): Promise<boolean> {
  const found = await queries.query(
    `select id from retroactive_entries
     where office = $1
       and ((receipt_sequence < $2 and received_on > $3) or (receipt_sequence > $2 and received_on < $3))
     limit 1`,
    [receipt.office, sequence, receipt.receivedOn],
  )
  return found.length > 0
}
