import {
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  type KeyObject,
} from 'node:crypto'
import { z } from 'zod'

/**
 * A sealed bid, base64: the bidder's ephemeral P-256 point (65 bytes) and AES-256-GCM of the content with its tag. The
 * key is SHA-256 of the counter 1, the shared secret and the point (the one-step derivation of NIST SP 800-56C); it is
 * used once, so the nonce is zero. What the bidder does with WebCrypto stands in scenarios/journeys/sealed-bid.ts.
 */
const pointBytes = 65
const tagBytes = 16
const nonce = Buffer.alloc(12)
const counter = Buffer.from([0, 0, 0, 1])

/** SubjectPublicKeyInfo of an uncompressed P-256 point, up to the point (RFC 5480). */
const spkiOfPoint = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex')

const contentSchema = z.strictObject({
  bidder: z.string(),
  priceWon: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
  tender: z.string(),
})

/** What lies in the envelope. It names tender and bidder, so that nobody can hand in a copy of another's. */
export type BidContent = z.output<typeof contentSchema>

/** The private half of a tender's opening key. */
export type OpeningKey = KeyObject

/** @returns the key; undefined where it is none, or not the other half of the tender's */
export function openingKeyOf(pkcs8Base64: string, openingKeySpki: string): OpeningKey | undefined {
  try {
    const der = Buffer.from(pkcs8Base64, 'base64')
    const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    const half = createPublicKey(key).export({ format: 'der', type: 'spki' })
    return half.equals(Buffer.from(openingKeySpki, 'base64')) ? key : undefined
  } catch {
    return undefined
  }
}

/** @returns undefined where it cannot be opened with this key, or holds no bid */
export function openSealed(sealed: string, key: OpeningKey): BidContent | undefined {
  const bytes = Buffer.from(sealed, 'base64')
  const point = bytes.subarray(0, pointBytes)
  try {
    const publicKey = createPublicKey({
      key: Buffer.concat([spkiOfPoint, point]),
      format: 'der',
      type: 'spki',
    })
    const secret = diffieHellman({ privateKey: key, publicKey })
    const derived = createHash('sha256').update(counter).update(secret).update(point).digest()
    const decipher = createDecipheriv('aes-256-gcm', derived, nonce)
    decipher.setAuthTag(bytes.subarray(-tagBytes))
    const text = Buffer.concat([decipher.update(bytes.subarray(pointBytes, -tagBytes)), decipher.final()])
    return contentSchema.parse(JSON.parse(text.toString()))
  } catch {
    return undefined
  }
}
