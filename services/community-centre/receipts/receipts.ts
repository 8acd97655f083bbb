import type { Paper } from '../../saeol/ledger/papers.ts'

/** What a visitor takes home instead of a certificate (접수증). */
export interface Receipt {
  readonly office: string
  /** Date and running number; the running number of an office never starts anew. */
  readonly number: string
  /** Epoch ms; never earlier than that of the office's receipt before. */
  readonly receivedOn: number
  /** The date on the paper, where the clock was ahead when it was written and `receivedOn` is what was right, epoch ms. */
  readonly writtenAs?: number
  readonly residentId: string
  readonly kind: string
  /** The visit's Idempotency-Key: a visitor who asks again gets the same receipt. */
  readonly visit: string
  /** The counter's signature over all of it: nothing else is entered into Saeol. */
  readonly seal: string
}

/** What a visitor comes with. */
export type Visitor = Omit<Receipt, 'number' | 'receivedOn' | 'writtenAs' | 'seal'>

/** A receipt as papers of Saeol's ledger name its parts. */
export function paperOf(receipt: Omit<Receipt, 'seal'>): Paper {
  const { office, number, receivedOn, residentId, kind, visit } = receipt
  return { office, receiptNumber: number, receivedOn: new Date(receivedOn), residentId, kind, visit }
}

export type ReceiptState =
  | { readonly state: 'pending' }
  | { readonly state: 'entered'; readonly enteredAt: number }
  | { readonly state: 'rejected'; readonly reason: string }

/** Reasons for which a receipt comes to nothing by what the visitor said; every other rejection is a visitor's loss. */
export const visitorsOwnReasons: ReadonlySet<string> = new Set(['unknown-resident'])

export type KeptReceipt = Receipt & ReceiptState

/** The centre's own durable book of receipts; it needs no link. */
export interface Receipts extends AsyncDisposable {
  /** Returns once the receipt is on disk; the same visit gets the receipt it has. */
  write(visitor: Visitor): Promise<Receipt>
  /** Settles a receipt for good; false when it was settled before. */
  settle(receipt: Receipt, settled: Exclude<ReceiptState, { state: 'pending' }>): Promise<boolean>
  find(visit: string): KeptReceipt | undefined
  /** Oldest first. */
  all(): KeptReceipt[]
  pending(office: string): KeptReceipt[]
}
