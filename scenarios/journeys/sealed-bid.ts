/** What a bidder's terminal does: seals, signs, hands in, and looks at the receipt. With WebCrypto alone. */
import type { Http, HttpAnswer, Journey } from '../../harness/index.ts'
import { patienceMs } from './login.ts'
import type { Bidder } from './people.ts'
import { fromBase64, sign, toBase64, utf8 } from './signatures.ts'

/** How a visit ends: in a word, or with what was taken home. */
export type Left = Awaited<ReturnType<Journey['run']>>

/** A tender as the list shows it. */
export interface Tender {
  readonly id: string
  /** ISO 8601 */
  readonly closesAt: string
  /** base64; bids are sealed with it. */
  readonly openingKey: string
}

/** So many bidders, the last of the list, hand in at the deadline and never before. */
export const handInLate = 100

export interface SealedBid {
  readonly bidder: string
  readonly tender: string
  readonly sealed: string
  readonly signature: string
}

/** What a company's own proxy writes: it says nothing to anybody who is careful. */
const ownProxy = { 'x-forwarded-for': '10.20.30.40' }

const ecdh = { name: 'ECDH', namedCurve: 'P-256' }
const ecdsa = { name: 'ECDSA', namedCurve: 'P-256' }

/** The format stands in services/procurement/seal.ts. */
async function seal(content: object, openingKeySpki: string): Promise<string> {
  const { subtle } = crypto
  const theirs = await subtle.importKey('spki', fromBase64(openingKeySpki), ecdh, false, [])
  const own = await subtle.generateKey(ecdh, true, ['deriveBits'])
  const point = new Uint8Array(await subtle.exportKey('raw', own.publicKey))
  const agreed = await subtle.deriveBits({ name: 'ECDH', public: theirs }, own.privateKey, 256)
  const derived = await subtle.digest('SHA-256', joined([0, 0, 0, 1], new Uint8Array(agreed), point))
  const key = await subtle.importKey('raw', derived, { name: 'AES-GCM' }, false, ['encrypt'])
  const iv = new Uint8Array(12)
  const closed = await subtle.encrypt({ name: 'AES-GCM', iv }, key, utf8(JSON.stringify(content)))
  return toBase64(joined(point, new Uint8Array(closed)))
}

function joined(...parts: readonly ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

export async function sealedBid(
  { id: bidder, privateKeyPkcs8 }: Bidder,
  { id: tender, openingKey }: Tender,
  priceWon: number,
): Promise<SealedBid> {
  const sealed = await seal({ bidder, priceWon, tender }, openingKey)
  // In the form that is checked: canonical JSON, keys in their order.
  const text = JSON.stringify({ action: 'hand-in-bid', bidder, sealed, tender })
  return { bidder, tender, sealed, signature: await sign(privateKeyPkcs8, text) }
}

export function handIn(http: Http, { tender, ...json }: SealedBid): Promise<HttpAnswer> {
  return http('POST', `/tenders/${tender}/bids`, { json, headers: ownProxy, timeoutMs: patienceMs })
}

/** @returns the number of a receipt that is of exactly this bid; undefined where it is of none, or not signed */
export async function receiptFor(
  bid: SealedBid,
  answer: HttpAnswer,
  receiptKeySpki: string,
): Promise<string | undefined> {
  const receipt = answer.json<Record<string, string>>()
  if (receipt === undefined) return undefined
  const { bidder, number, receivedAt, sealedHash, tender, signature } = receipt
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(bid.sealed)))
  const expected = [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  if (bidder !== bid.bidder || tender !== bid.tender || sealedHash !== expected) return undefined
  const text = JSON.stringify({ action: 'receive-bid', bidder, number, receivedAt, sealedHash, tender })
  const key = await crypto.subtle.importKey('spki', fromBase64(receiptKeySpki), ecdsa, false, ['verify'])
  const algorithm = { name: 'ECDSA', hash: 'SHA-256' }
  const isSigned = await crypto.subtle.verify(algorithm, key, fromBase64(signature ?? ''), utf8(text))
  return isSigned ? number : undefined
}

/** The tenders that are open, the next to close first; and how far the system's clock is ahead of ours, ms. */
export async function openTenders(
  http: Http,
): Promise<{ readonly tenders: readonly Tender[]; readonly aheadMs: number } | HttpAnswer> {
  const answer = await http('GET', '/tenders', { timeoutMs: patienceMs })
  const page = answer.json<{ now: string; tenders: Tender[] }>()
  if (answer.status !== 200 || page === undefined) return answer
  return { tenders: page.tenders, aheadMs: Date.parse(page.now) - Date.now() }
}
