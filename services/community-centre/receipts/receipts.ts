/** What a visitor takes home instead of a certificate (접수증). */
export interface Receipt {
  readonly office: string
  /** Date and running number; the running number of an office never starts anew. */
  readonly number: string
  /** Epoch ms; never earlier than that of the office's receipt before. */
  readonly receivedOn: number
  readonly residentId: string
  readonly kind: string
  /** The visit's Idempotency-Key: a visitor who asks again gets the same receipt. */
  readonly visit: string
}

export type ReceiptState =
  | { readonly state: 'pending' }
  | { readonly state: 'entered'; readonly enteredAt: number }
  | { readonly state: 'rejected'; readonly reason: string }

export type KeptReceipt = Receipt & ReceiptState

/** The centre's own durable book of receipts; it needs no link. */
export interface Receipts extends AsyncDisposable {
  /** Returns once the receipt is on disk; the same visit gets the receipt it has. */
  write(visitor: Omit<Receipt, 'number' | 'receivedOn'>): Promise<Receipt>
  /** Settles a receipt for good; false when it was settled before. */
  settle(receipt: Receipt, settled: Exclude<ReceiptState, { state: 'pending' }>): Promise<boolean>
  find(visit: string): KeptReceipt | undefined
  /** Oldest first. */
  all(): KeptReceipt[]
  pending(office: string): KeptReceipt[]
}
