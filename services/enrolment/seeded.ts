import { createECDH, createPrivateKey, hkdfSync, type KeyObject, webcrypto } from 'node:crypto'

/** Order of the group of P-256 (SEC 2, secp256r1). */
const groupOrder = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551')

/** Bytes that depend on the seed and the label alone (HKDF-SHA-256). */
export function seededBytes(seed: string, label: string, length: number): Buffer {
  return Buffer.from(hkdfSync('sha256', seed, 'mock enrolment', label, length))
}

export interface SeededKeys {
  readonly privateKey: KeyObject
  readonly pair: webcrypto.CryptoKeyPair
}

/**
 * A P-256 key pair that depends on the seed and the label alone. Only for a mock: a key that can be derived
 * again is nobody's secret.
 */
export async function seededKeys(seed: string, label: string): Promise<SeededKeys> {
  // 48 bytes reduced modulo a 32-byte order leave no bias worth the name (FIPS 186-5, A.2.1).
  const drawn = BigInt(`0x${seededBytes(seed, `key ${label}`, 48).toString('hex')}`)
  const scalar = Buffer.from(((drawn % (groupOrder - 1n)) + 1n).toString(16).padStart(64, '0'), 'hex')
  const ecdh = createECDH('prime256v1')
  ecdh.setPrivateKey(scalar)
  const point = ecdh.getPublicKey()
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    d: scalar.toString('base64url'),
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  }
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
  const { d: _, ...publicJwk } = jwk
  const [privateKey, publicKey] = await Promise.all([
    webcrypto.subtle.importKey('jwk', jwk, algorithm, true, ['sign']),
    webcrypto.subtle.importKey('jwk', publicJwk, algorithm, true, ['verify']),
  ])
  return { privateKey: createPrivateKey({ key: jwk, format: 'jwk' }), pair: { privateKey, publicKey } }
}

export function pkcs8Base64(keys: SeededKeys): string {
  return keys.privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64')
}

export async function spkiBase64(keys: SeededKeys): Promise<string> {
  return Buffer.from(await webcrypto.subtle.exportKey('spki', keys.pair.publicKey)).toString('base64')
}

/** RFC 4648, without padding. */
export function base32(bytes: Uint8Array): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{1,5}/g) ?? [])
    .map((group) => alphabet[Number.parseInt(group.padEnd(5, '0'), 2)])
    .join('')
}
