/** The little of DER (X.690) that a certificate's outer layers need; values come encoded, lengths are added. */
export function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content)
  return Buffer.concat([Buffer.from([tag]), lengthOf(body.length), body])
}

export const tags = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  utcTime: 0x17,
  sequence: 0x30,
  /** [0], constructed */
  version: 0xa0,
  /** [3], constructed */
  extensions: 0xa3,
} as const

/** @param date before 2050, as UTCTime has two digits for the year */
export function utcTime(date: Date): Buffer {
  return der(tags.utcTime, Buffer.from(`${date.toISOString().slice(2, 19).replace(/[-T:]/g, '')}Z`, 'ascii'))
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length])
  const hex = length.toString(16)
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')
  return Buffer.from([0x80 | bytes.length, ...bytes])
}
