/** One element of DER (X.690), as a window on the bytes it was read from. */
export interface Element {
  readonly tag: number
  readonly content: Buffer
  /** With tag and length: what a signature covers. */
  readonly whole: Buffer
}

/** @throws RangeError when the bytes are no DER */
export function readElement(bytes: Buffer): Element {
  const [element, rest] = takeElement(bytes)
  if (rest.length > 0) throw new RangeError(`${rest.length} bytes follow the DER element`)
  return element
}

/** @throws RangeError when the content is no sequence of DER elements */
export function elementsIn(parent: Element): Element[] {
  const elements: Element[] = []
  let rest = parent.content
  while (rest.length > 0) {
    const taken = takeElement(rest)
    elements.push(taken[0])
    rest = taken[1]
  }
  return elements
}

function takeElement(bytes: Buffer): [element: Element, rest: Buffer] {
  const tag = bytes[0]
  const first = bytes[1]
  if (tag === undefined || first === undefined) throw new RangeError('the DER ends early')
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f
  // 0x80 is the indefinite length of BER; four bytes are more than any list here needs.
  if (first === 0x80 || lengthBytes > 4 || bytes.length < 2 + lengthBytes) {
    throw new RangeError('the DER has no valid length')
  }
  const length = lengthBytes === 0 ? first : bytes.readUIntBE(2, lengthBytes)
  const start = 2 + lengthBytes
  const end = start + length
  if (bytes.length < end) throw new RangeError('the DER ends early')
  return [{ tag, content: bytes.subarray(start, end), whole: bytes.subarray(0, end) }, bytes.subarray(end)]
}
