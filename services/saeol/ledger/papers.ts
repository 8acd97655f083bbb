import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { canonicalJson } from '../audit/canonical-json.ts'

/** What stands on a receipt (접수증), as its counter signs it. */
export interface Paper {
  readonly office: string
  readonly receiptNumber: string
  /** When the visitor stood at the counter: the date with legal effect. */
  readonly receivedOn: Date
  readonly residentId: string
  readonly kind: string
  /** The visit's Idempotency-Key, under which its one document is issued. */
  readonly visit: string
}

/** What the counter signs as it writes a receipt: no other can be entered, and none of its fields can be changed. */
export function receiptSubject(paper: Paper) {
  const { office, receiptNumber, receivedOn, residentId, kind, visit } = paper
  return {
    action: 'write-receipt',
    office,
    receiptNumber,
    receivedOn: receivedOn.toISOString(),
    residentId,
    kind,
    visit,
  }
}

/** What the second person signs once they have compared the entry with the paper. */
export function verificationSubject(paper: Paper & { readonly clerk: string }) {
  return { ...receiptSubject(paper), action: 'verify-entry', clerk: paper.clerk }
}

/** Signs a subject's canonical JSON: ECDSA P-256 SHA-256, r and s side by side, base64. */
export type Signer = (subject: unknown) => string

/** @param privateKeyPkcs8 base64 */
export function createSigner(privateKeyPkcs8: string): Signer {
  const key = createPrivateKey({ key: Buffer.from(privateKeyPkcs8, 'base64'), format: 'der', type: 'pkcs8' })
  return (subject) =>
    sign('sha256', Buffer.from(canonicalJson(subject)), { key, dsaEncoding: 'ieee-p1363' }).toString('base64')
}

/** Whether a signature is of this subject, by the one key. */
export type SignatureCheck = (subject: unknown, signature: string) => boolean

/** @param publicKeySpki base64 */
export function createSignatureCheck(publicKeySpki: string): SignatureCheck {
  const key = createPublicKey({ key: Buffer.from(publicKeySpki, 'base64'), format: 'der', type: 'spki' })
  return (subject, signature) =>
    verify(
      'sha256',
      Buffer.from(canonicalJson(subject)),
      { key, dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64'),
    )
}
