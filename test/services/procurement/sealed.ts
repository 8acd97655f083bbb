/** What a bidder's terminal does: seals and signs, by Node's own means, so that it agrees with the journey's by the format alone. */
import { createCipheriv, createHash, createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto'
import { createSigner } from '../../../services/saeol/ledger/papers.ts'

/** @returns base64 */
export function seal(content: object, openingKeySpki: string): string {
  const publicKey = createPublicKey({
    key: Buffer.from(openingKeySpki, 'base64'),
    format: 'der',
    type: 'spki',
  })
  const own = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const point = own.publicKey.export({ format: 'der', type: 'spki' }).subarray(-65)
  const secret = diffieHellman({ privateKey: own.privateKey, publicKey })
  const key = createHash('sha256')
    .update(Buffer.from([0, 0, 0, 1]))
    .update(secret)
    .update(point)
    .digest()
  const cipher = createCipheriv('aes-256-gcm', key, Buffer.alloc(12))
  const text = Buffer.concat([cipher.update(JSON.stringify(content)), cipher.final()])
  return Buffer.concat([point, text, cipher.getAuthTag()]).toString('base64')
}

export interface Bidder {
  readonly id: string
  readonly privateKeyPkcs8: string
}

/** The body of a bid, for the tender that it names. */
export function bidOf(
  bidder: Bidder,
  tender: { readonly id: string; readonly openingKey: string },
  priceWon = 1_000,
) {
  const sealed = seal({ bidder: bidder.id, priceWon, tender: tender.id }, tender.openingKey)
  return signed(bidder, tender.id, sealed)
}

export function signed({ id: bidder, privateKeyPkcs8 }: Bidder, tender: string, sealed: string) {
  const signature = createSigner(privateKeyPkcs8)({ action: 'hand-in-bid', bidder, sealed, tender })
  return { bidder, sealed, signature }
}
