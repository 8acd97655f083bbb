import { createHash, type KeyObject, sign, type X509Certificate } from 'node:crypto'
import { der, tags, utcTime } from '../enrolment/der.ts'
import { elementsIn, readElement } from '../gpki/der.ts'

export interface Revoked {
  /** Hexadecimal. */
  readonly serial: string
  readonly at: Date
}

/** SEQUENCE { ecdsa-with-SHA256 } (RFC 5758) */
const ecdsaWithSha256 = Buffer.from('300a06082a8648ce3d040302', 'hex')
/** OBJECT IDENTIFIER authorityKeyIdentifier (2.5.29.35) and cRLNumber (2.5.29.20) */
const authorityKeyIdentifier = Buffer.from('0603551d23', 'hex')
const crlNumber = Buffer.from('0603551d14', 'hex')
/** [0], constructed · [0], primitive */
const contextTags = { extensions: 0xa0, keyIdentifier: 0x80 }
/** Where a certificate has its subject: after version, serial number, algorithm, issuer and validity. */
const subjectAt = 5

/**
 * A signed revocation list (RFC 5280, 5.1), version 2.
 * @param number of the list, higher than that of any list before
 * @returns DER
 */
export function signedList(options: {
  readonly issuer: X509Certificate
  readonly key: KeyObject
  readonly number: number
  readonly thisUpdate: Date
  readonly nextUpdate: Date
  readonly revoked: readonly Revoked[]
}): Buffer {
  const { issuer, key, revoked } = options
  const [certificate] = elementsIn(readElement(issuer.raw))
  const subject = elementsIn(certificate!)[subjectAt]!.whole
  const entries = revoked.map(({ serial, at }) => der(tags.sequence, integer(serial), utcTime(at)))
  const body = der(
    tags.sequence,
    integer('1'),
    ecdsaWithSha256,
    subject,
    utcTime(options.thisUpdate),
    utcTime(options.nextUpdate),
    // RFC 5280: absent where nothing was revoked.
    ...(entries.length === 0 ? [] : [der(tags.sequence, ...entries)]),
    der(
      contextTags.extensions,
      der(
        tags.sequence,
        extension(authorityKeyIdentifier, keyIdentifier(issuer.publicKey)),
        extension(crlNumber, integer(options.number.toString(16))),
      ),
    ),
  )
  const unusedBits = Buffer.from([0])
  return der(tags.sequence, body, ecdsaWithSha256, der(tags.bitString, unusedBits, sign('sha256', body, key)))
}

function extension(id: Buffer, value: Buffer): Buffer {
  return der(tags.sequence, id, der(tags.octetString, value))
}

/** SHA-1 of the key's point, the last 65 bytes of a P-256 SubjectPublicKeyInfo (RFC 5280, 4.2.1.2). */
function keyIdentifier(key: KeyObject): Buffer {
  const point = key.export({ type: 'spki', format: 'der' }).subarray(-65)
  const digest = createHash('sha1').update(point).digest()
  return der(tags.sequence, der(contextTags.keyIdentifier, digest))
}

/** @param hex a number of zero or more */
function integer(hex: string): Buffer {
  const digits = hex.replace(/^0+(?=.)/, '')
  const bytes = Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex')
  return der(tags.integer, bytes[0]! >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes)
}
