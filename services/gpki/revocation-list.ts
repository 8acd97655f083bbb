import { type KeyObject, verify } from 'node:crypto'
import { type Element, elementsIn, readElement } from './der.ts'

/** A certificate revocation list (RFC 5280, 5.1). */
export interface RevocationList {
  /** When it was made, epoch ms. */
  readonly thisUpdate: number
  /** Epoch ms after which it may not be relied on. */
  readonly nextUpdate: number
  /** @param serial upper-case hexadecimal, as X509Certificate gives it */
  has(serial: string): boolean
  isSignedBy(publicKey: KeyObject): boolean
}

const tags = { integer: 0x02, sequence: 0x30, utcTime: 0x17, generalizedTime: 0x18 }

/**
 * Read here rather than by the library that made it: loading that takes as long as the rest of the start.
 * @param bytes DER
 * @throws RangeError when it is no revocation list
 */
export function readRevocationList(bytes: Buffer): RevocationList {
  const [signed, , signatureBits] = elementsIn(readElement(bytes))
  if (signed === undefined || signatureBits === undefined) throw new RangeError('no revocation list')
  const fields = elementsIn(signed)
  // Version (optional), algorithm, issuer, thisUpdate, then what is below; nextUpdate is ours to insist on.
  const rest = fields.slice(fields[0]?.tag === tags.integer ? 3 : 2)
  const [thisUpdate, nextUpdate, entries] = rest
  if (thisUpdate === undefined || !isTime(thisUpdate)) {
    throw new RangeError('the revocation list does not say when it was made')
  }
  if (nextUpdate === undefined || !isTime(nextUpdate)) {
    throw new RangeError('the revocation list says no next update')
  }
  const serials = new Set(entries?.tag === tags.sequence ? elementsIn(entries).map(serialOf) : [])
  // A BIT STRING begins with the number of its unused bits, 0 for a signature.
  const signature = signatureBits.content.subarray(1)
  return {
    thisUpdate: readTime(thisUpdate),
    nextUpdate: readTime(nextUpdate),
    has: (serial) => serials.has(serial.replace(/^0+/, '')),
    isSignedBy: (publicKey) => verify('sha256', signed.whole, publicKey, signature),
  }
}

function serialOf(entry: Element): string {
  const serial = elementsIn(entry)[0]
  if (serial?.tag !== tags.integer)
    throw new RangeError('an entry of the revocation list has no serial number')
  return serial.content.toString('hex').toUpperCase().replace(/^0+/, '')
}

function isTime({ tag }: Element): boolean {
  return tag === tags.utcTime || tag === tags.generalizedTime
}

function readTime({ tag, content }: Element): number {
  const text = content.toString('ascii')
  // Two digits of the year mean 1950 to 2049 (RFC 5280, 4.1.2.5.1).
  const digits = tag === tags.utcTime ? `${Number(text.slice(0, 2)) < 50 ? '20' : '19'}${text}` : text
  const iso = digits.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z')
  const time = Date.parse(iso)
  if (Number.isNaN(time)) throw new RangeError(`'${text}' is no time of a revocation list`)
  return time
}
