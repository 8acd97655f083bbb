import { createHash } from 'node:crypto'
import { createSigner } from '../saeol/ledger/papers.ts'

/** What a bidder keeps: that this sealed bid was received, and when. */
export interface Receipt {
  readonly number: string
  readonly tender: string
  readonly bidder: string
  /** SHA-256 of the sealed bid's text, hexadecimal. */
  readonly sealedHash: string
  readonly receivedAt: string
  /** base64; of the system's, over the canonical JSON of the rest: ECDSA P-256 SHA-256, r and s side by side. */
  readonly signature: string
}

export type ReceiptWriter = (bid: {
  readonly number: string
  readonly tender: string
  readonly bidder: string
  readonly sealed: string
  readonly receivedAt: Date
}) => Receipt

/** @param receiptKeyPkcs8 base64 */
export function createReceiptWriter(receiptKeyPkcs8: string): ReceiptWriter {
  const sign = createSigner(receiptKeyPkcs8)
  return ({ number, tender, bidder, sealed, receivedAt }) => {
    const said = {
      number: `bid-${number}`,
      tender,
      bidder,
      sealedHash: createHash('sha256').update(sealed).digest('hex'),
      receivedAt: receivedAt.toISOString(),
    }
    return { ...said, signature: sign({ action: 'receive-bid', ...said }) }
  }
}
