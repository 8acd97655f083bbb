/** What a phone does with a mobile ID: gets it, shows it, and is reported as lost. With WebCrypto alone. */
import type { Http, HttpAnswer } from '../../harness/index.ts'
import { patienceMs } from './login.ts'
import type { Citizen, MobileId } from './people.ts'
import { approvedLogin, askForChallenge } from './portal.ts'
import { sign, toBase64 } from './signatures.ts'

/** Where IDs are shown. */
export const verifier = 'citizen→id-verifier'

/** The issuer, as the audience of what is approved for it. */
const issuer = 'mobile-id'

/** The keys of a phone. */
export interface PhoneKeys {
  /** base64 */
  readonly privateKeyPkcs8: string
  /** base64 */
  readonly holderKeySpki: string
}

/** Each phone makes its own: nobody else ever has the private one. */
export async function newPhone(): Promise<PhoneKeys> {
  const { subtle } = crypto
  const { privateKey, publicKey } = await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ])
  const [own, shown] = await Promise.all([
    subtle.exportKey('pkcs8', privateKey),
    subtle.exportKey('spki', publicKey),
  ])
  return {
    privateKeyPkcs8: toBase64(new Uint8Array(own)),
    holderKeySpki: toBase64(new Uint8Array(shown)),
  }
}

/** Approved on the citizen's phone; undefined where the issuer gives no challenge. */
export async function approvedForIssuer(http: Http, citizen: Citizen): Promise<object | undefined> {
  const nonce = await askForChallenge(http, '/challenge')
  return nonce === undefined ? undefined : approvedLogin(citizen, nonce, issuer)
}

/** @returns undefined where the issuer gives no challenge */
export async function applyForId(
  http: Http,
  citizen: Citizen,
  { holderKeySpki }: PhoneKeys,
): Promise<HttpAnswer | undefined> {
  const login = await approvedForIssuer(http, citizen)
  if (login === undefined) return undefined
  const json = { ...login, about: citizen.residentId, holderKeySpki }
  return http('POST', '/ids', { json, timeoutMs: patienceMs })
}

export interface Shown {
  readonly number?: string
  readonly residentId?: string
  readonly temporary?: boolean
}

/** @returns undefined where the verifier gives no challenge */
export async function showId(
  http: Http,
  id: MobileId,
  { privateKeyPkcs8 }: Pick<PhoneKeys, 'privateKeyPkcs8'>,
): Promise<HttpAnswer | undefined> {
  const nonce = await askForChallenge(http, '/challenge')
  if (nonce === undefined) return undefined
  // In the form that the verifier checks: canonical JSON, keys in their order.
  const text = JSON.stringify({ action: 'show-mobile-id', nonce, number: id.number })
  const json = { id, nonce, proof: await sign(privateKeyPkcs8, text) }
  return http('POST', '/verifications', { json, timeoutMs: patienceMs })
}
