import type { X509Certificate } from 'node:crypto'
import { elementsIn, readElement } from './der.ts'

/** What a certificate may be used for (RFC 5280, 4.2.1.3 and 4.2.1.4); Node's reader does not tell. */
interface Purpose {
  readonly keyUsage: ReadonlySet<KeyUsage>
  /** Identifiers of policies, in dots. */
  readonly policies: ReadonlySet<string>
}

/** Bits of KeyUsage, from the first. */
const keyUsages = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
] as const

type KeyUsage = (typeof keyUsages)[number]

const tags = { extensions: 0xa3, octetString: 0x04 }
/** Object identifiers as they are encoded. */
const identifiers = { keyUsage: '551d0f', policies: '551d20' }

/** Whether the certificate says that its key is for this. */
export function mayBeUsedFor(certificate: X509Certificate, usage: KeyUsage): boolean {
  return purposeOf(certificate).keyUsage.has(usage)
}

/** Of what cannot be read to the end, nothing is known to be allowed. */
export function purposeOf(certificate: X509Certificate): Purpose {
  try {
    return readPurpose(certificate.raw)
  } catch (error) {
    if (error instanceof RangeError) return { keyUsage: new Set(), policies: new Set() }
    throw error
  }
}

/**
 * A certificate that says nothing of its use has none.
 * @param certificate DER
 * @throws RangeError when it is no certificate
 */
function readPurpose(certificate: Buffer): Purpose {
  const [signed] = elementsIn(readElement(certificate))
  const wrapped = signed && elementsIn(signed).find(({ tag }) => tag === tags.extensions)
  const [list] = wrapped === undefined ? [] : elementsIn(wrapped)
  const values = new Map<string, Buffer>()
  for (const extension of list === undefined ? [] : elementsIn(list)) {
    const [id, ...rest] = elementsIn(extension)
    const value = rest.find(({ tag }) => tag === tags.octetString)
    if (id !== undefined && value !== undefined) values.set(id.content.toString('hex'), value.content)
  }
  return {
    keyUsage: readKeyUsage(values.get(identifiers.keyUsage)),
    policies: readPolicies(values.get(identifiers.policies)),
  }
}

function readKeyUsage(value: Buffer | undefined): ReadonlySet<KeyUsage> {
  if (value === undefined) return new Set()
  // A BIT STRING begins with the number of its unused bits; all usages that we know are in its first byte of bits.
  const bits = readElement(value).content[1] ?? 0
  return new Set(keyUsages.filter((_, index) => (bits & (0x80 >> index)) !== 0))
}

function readPolicies(value: Buffer | undefined): ReadonlySet<string> {
  if (value === undefined) return new Set()
  const ids = elementsIn(readElement(value)).flatMap((policy) => elementsIn(policy).slice(0, 1))
  return new Set(ids.map(({ content }) => inDots(content)))
}

/** Seven bits a byte, the highest set but in the last; the first number holds two (X.690, 8.19). */
function inDots(bytes: Buffer): string {
  const numbers: number[] = []
  let number = 0
  for (const byte of bytes) {
    number = number * 128 + (byte & 0x7f)
    if (byte >= 0x80) continue
    numbers.push(number)
    number = 0
  }
  const [both = 0, ...rest] = numbers
  const first = Math.min(2, Math.floor(both / 40))
  return [first, both - first * 40, ...rest].join('.')
}
