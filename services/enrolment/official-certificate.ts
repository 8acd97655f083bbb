import { createHash, type webcrypto } from 'node:crypto'
import { type Extension, Name } from '@peculiar/x509'
import { der, tags, utcTime } from './der.ts'

/** SEQUENCE { ecdsa-with-SHA256 } (RFC 5758) */
const ecdsaWithSha256 = Buffer.from('300a06082a8648ce3d040302', 'hex')
/** OBJECT IDENTIFIER subjectKeyIdentifier (2.5.29.14) */
const subjectKeyIdentifier = Buffer.from('0603551d0e', 'hex')

/**
 * An official's certificate (RFC 5280), put together from parts that were encoded once. The general generator
 * takes 8 ms a certificate, too long for six hundred people; this takes one.
 */
export async function officialCertificate(parts: {
  /** Positive, without leading zero bytes. */
  readonly serial: Buffer
  /** Encoded Name. */
  readonly issuer: Uint8Array
  readonly subject: string
  readonly notBefore: Date
  readonly notAfter: Date
  readonly publicKey: webcrypto.CryptoKey
  /** Encoded extensions that every official's certificate has. */
  readonly extensions: readonly Uint8Array[]
  readonly signingKey: webcrypto.CryptoKey
}): Promise<Buffer> {
  const spki = Buffer.from(await crypto.subtle.exportKey('spki', parts.publicKey))
  const body = der(
    tags.sequence,
    der(tags.version, der(tags.integer, Buffer.from([2]))),
    der(tags.integer, parts.serial),
    ecdsaWithSha256,
    parts.issuer,
    der(tags.sequence, utcTime(parts.notBefore), utcTime(parts.notAfter)),
    new Uint8Array(new Name(parts.subject).toArrayBuffer()),
    spki,
    der(tags.extensions, der(tags.sequence, ...parts.extensions, keyIdentifier(spki))),
  )
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, parts.signingKey, body)
  const unusedBits = Buffer.from([0])
  return der(
    tags.sequence,
    body,
    ecdsaWithSha256,
    der(tags.bitString, unusedBits, signatureSequence(Buffer.from(signature))),
  )
}

/** SHA-1 of the key's point, the last 65 bytes of a P-256 SubjectPublicKeyInfo (RFC 5280, 4.2.1.2). */
function keyIdentifier(spki: Buffer): Buffer {
  const identifier = createHash('sha1').update(spki.subarray(-65)).digest()
  return der(tags.sequence, subjectKeyIdentifier, der(tags.octetString, der(tags.octetString, identifier)))
}

/** WebCrypto gives r and s side by side, X.509 wants SEQUENCE { r, s }. */
function signatureSequence(raw: Buffer): Buffer {
  return der(tags.sequence, positive(raw.subarray(0, 32)), positive(raw.subarray(32)))
}

function positive(bytes: Buffer): Buffer {
  let start = 0
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1
  const trimmed = bytes.subarray(start)
  return der(tags.integer, trimmed[0]! >= 0x80 ? Buffer.concat([Buffer.from([0]), trimmed]) : trimmed)
}

export function encodedExtensions(extensions: readonly Extension[]): Uint8Array[] {
  return extensions.map((extension) => new Uint8Array(extension.rawData))
}
