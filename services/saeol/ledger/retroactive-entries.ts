import type { Database, Queries } from '../../common/database.ts'
import type { Sabotaged } from '../../common/sabotage.ts'
import type { AuditTrail } from '../audit/audit.ts'
import { createCertificates } from '../certificates/certificates.ts'
import type { CertificateKind } from '../certificates/kinds.ts'
import { isInOutageWindow, ledgerSystem } from './outage-windows.ts'
import type { Paper } from './papers.ts'

/** What a clerk enters from a paper receipt. */
export interface PaperReceipt extends Paper {
  readonly kind: CertificateKind
  /** The counter's signature over the paper. */
  readonly seal: string
  /** Who enters it. */
  readonly clerk: string
  /** The second person, who compared the entry with the paper … */
  readonly verifier: string
  /** … and signed that. */
  readonly verifierSignature: string
}

export interface RetroactiveEntry extends Omit<PaperReceipt, 'seal' | 'verifierSignature'> {
  readonly enteredAt: Date
  /** Epoch ms of the date with legal effect: the lower, the earlier its turn (확정일자). */
  readonly priority: number
  /** Number of the document that came of it: the visit's one certificate. */
  readonly certificate: string
}

/** Why a receipt is not entered as it stands. */
export type EntryProblem =
  /** Clerk and verifier are one person. */
  | 'four-eyes'
  /** One of them is no active official of that office. */
  | 'not-of-this-office'
  /** Somebody else's session than the clerk's. */
  | 'not-your-entry'
  /** The verifier did not sign this entry. */
  | 'not-verified'
  /** The office's counter never wrote this receipt. */
  | 'not-in-the-book'
  | 'in-the-future'
  | 'outside-window'
  /** Its date contradicts the numbers before or after it in the same office. */
  | 'out-of-sequence'
  /** This number stands for another visit already. */
  | 'receipt-differs'
  /** The visit has a certificate of another kind or about somebody else. */
  | 'visit-differs'
  /** Nobody is registered under the id that the visitor gave. */
  | 'unknown-resident'

export type EntryResult =
  | { readonly outcome: 'entered' | 'already-entered'; readonly entry: RetroactiveEntry }
  | { readonly outcome: 'refused'; readonly problems: readonly EntryProblem[] }

/** Receipt numbers end in the office's running number, which never starts anew. */
export const receiptNumberPattern = /^[\w-]{1,80}-(\d{6,15})$/

export interface EntryDeps {
  readonly database: Database
  readonly audit: Pick<AuditTrail, 'within'>
  readonly sabotaged: Sabotaged
}

/**
 * Enters a paper receipt exactly once, however often and from however many desks it is tried, with its document and
 * its audit record: all of them, or none.
 * @param receipt one in which nothing is wrong by itself
 * @param document what the register says of the visitor
 */
export function enterReceipt(
  { database, audit, sabotaged }: EntryDeps,
  receipt: PaperReceipt,
  document: unknown,
  enteredAt: Date,
): Promise<EntryResult> {
  return database.transaction(async (queries) => {
    // One office's entries one after the other, so that two desks cannot both find the sequence in order.
    await queries.query('select pg_advisory_xact_lock(hashtext($1))', [`entries ${receipt.office}`])
    const earlier = sabotaged('enters-twice') ? undefined : await findEntry(queries, receipt)
    if (earlier !== undefined) return sameEntry(earlier, receipt, sabotaged)
    const problems = await lookAround(queries, sabotaged, receipt)
    if (problems.length > 0) return { outcome: 'refused', problems }
    const certificate = await issueDocument(queries, sabotaged, receipt, document, enteredAt)
    if (certificate === undefined) return { outcome: 'refused', problems: ['visit-differs'] }
    const entry = await insertEntry(queries, sabotaged, { ...receipt, enteredAt, certificate })
    if (!sabotaged('unaudited-entries')) await audit.within(queries, 'entry.made', auditedFacts(entry))
    return { outcome: 'entered', entry }
  })
}

/** What is wrong with a receipt among others: its date is in no declared outage, or against the numbers. */
export async function lookAround(
  queries: Queries,
  sabotaged: Sabotaged,
  receipt: PaperReceipt,
): Promise<EntryProblem[]> {
  const at = { system: ledgerSystem, office: receipt.office, at: receipt.receivedOn }
  const lawful = sabotaged('backdates-anywhere') || (await isInOutageWindow(queries, at, sabotaged))
  return [
    ...(lawful ? [] : ['outside-window' as const]),
    ...(!sabotaged('jumps-the-queue') && (await contradictsSequence(queries, receipt))
      ? ['out-of-sequence' as const]
      : []),
  ]
}

/** What was entered under this office and number. */
export async function findEntry(
  queries: Queries,
  { office, receiptNumber }: Pick<Paper, 'office' | 'receiptNumber'>,
): Promise<RetroactiveEntry | undefined> {
  const [row] = await queries.query<Row>(
    `select ${columns} from retroactive_entries where office = $1 and receipt_number = $2`,
    [office, receiptNumber],
  )
  return row === undefined ? undefined : fromRow(row)
}

/** The same visit, whoever enters it: the second of two clerks gets the first one's record. */
export function sameEntry(entry: RetroactiveEntry, receipt: PaperReceipt, sabotaged: Sabotaged): EntryResult {
  const same =
    sabotaged('same-number-again') ||
    (entry.visit === receipt.visit &&
      entry.residentId === receipt.residentId &&
      entry.kind === receipt.kind &&
      entry.receivedOn.getTime() === receipt.receivedOn.getTime())
  return same ? { outcome: 'already-entered', entry } : { outcome: 'refused', problems: ['receipt-differs'] }
}

/**
 * The visit's one document: the certificate that was issued after all, although the visitor had left with a receipt,
 * or a new one under the visit's own key, so that no other can follow.
 * @returns its number; undefined when the visit's certificate is of another kind or about somebody else
 */
async function issueDocument(
  queries: Queries,
  sabotaged: Sabotaged,
  receipt: PaperReceipt,
  document: unknown,
  issuedAt: Date,
): Promise<string | undefined> {
  const { residentId, kind, clerk: official } = receipt
  const certificates = createCertificates(queries, sabotaged)
  const key = sabotaged('receipt-and-certificate') ? `receipt ${receipt.receiptNumber}` : receipt.visit
  const issued =
    (await certificates.issue(key, { kind, residentId, official, issuedAt, document })) ??
    (await certificates.find(key))
  return issued?.residentId === residentId && issued.kind === kind ? issued.number : undefined
}

type Row = Omit<RetroactiveEntry, 'priority'> & { readonly priority: string }

const columns = `office, receipt_number as "receiptNumber", received_on as "receivedOn",
  entered_at as "enteredAt", resident as "residentId", kind, visit, clerk, verifier, priority, certificate`

function fromRow(row: Row): RetroactiveEntry {
  return { ...row, priority: Number(row.priority) }
}

async function insertEntry(
  queries: Queries,
  sabotaged: Sabotaged,
  entry: PaperReceipt & Pick<RetroactiveEntry, 'enteredAt' | 'certificate'>,
): Promise<RetroactiveEntry> {
  const effective = sabotaged('orders-by-entry') ? entry.enteredAt : entry.receivedOn
  const [row] = await queries.query<Row>(
    `insert into retroactive_entries (office, receipt_number, receipt_sequence, received_on, entered_at, resident,
       kind, visit, clerk, verifier, seal, verifier_signature, priority, certificate)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
     returning ${columns}`,
    [
      entry.office,
      entry.receiptNumber,
      sequenceOf(entry),
      sabotaged('overwrites-received-on') ? entry.enteredAt : entry.receivedOn,
      entry.enteredAt,
      entry.residentId,
      sabotaged('entry-differs') ? 'seal' : entry.kind,
      entry.visit,
      entry.clerk,
      entry.verifier,
      entry.seal,
      entry.verifierSignature,
      effective.getTime(),
      entry.certificate,
    ],
  )
  return fromRow(row!)
}

/** Which record of the ledger it was, and by whom; what stands in it is in the ledger, and cannot change. */
function auditedFacts({ office, receiptNumber, receivedOn, clerk, verifier, certificate }: RetroactiveEntry) {
  return { office, receiptNumber, receivedOn: receivedOn.toISOString(), clerk, verifier, certificate }
}

function sequenceOf({ receiptNumber }: Pick<Paper, 'receiptNumber'>): number {
  return Number(receiptNumberPattern.exec(receiptNumber)?.[1])
}

/** A lower number received later, or a higher one received earlier, means that somebody jumps the queue. */
async function contradictsSequence(queries: Queries, receipt: PaperReceipt): Promise<boolean> {
  const found = await queries.query(
    `select id from retroactive_entries
     where office = $1
       and ((receipt_sequence < $2 and received_on > $3) or (receipt_sequence > $2 and received_on < $3))
     limit 1`,
    [receipt.office, sequenceOf(receipt), receipt.receivedOn],
  )
  return found.length > 0
}
