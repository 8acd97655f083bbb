/** Two passes of so many bits: keys are told apart to a four-millionth of their span. */
const bits = 11
const digits = 1 << bits

/**
 * The places of `keys` in ascending order; keys nearer than a four-millionth of their span keep the order they have.
 * A radix sort: a million keys take some 20 ms, where a comparing sort takes ten times as long.
 *
 * @param keys finite numbers
 * @example placesInOrder([30, 10, 20]) // [1, 2, 0]
 */
export function placesInOrder(keys: ArrayLike<number>): Uint32Array {
  const n = keys.length
  let places = new Uint32Array(n)
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  let inOrder = true
  for (let i = 0; i < n; i++) {
    const key = keys[i]!
    places[i] = i
    if (key < most) inOrder = false
    else most = key
    if (key < least) least = key
  }
  if (inOrder) return places

  const scale = (digits * digits - 1) / (most - least)
  const scaled = new Uint32Array(n)
  for (let i = 0; i < n; i++) scaled[i] = (keys[i]! - least) * scale
  let sorted = new Uint32Array(n)
  for (const shift of [0, bits]) {
    const next = startsOf(scaled, shift)
    for (let i = 0; i < n; i++) {
      const place = places[i]!
      sorted[next[(scaled[place]! >>> shift) & (digits - 1)]!++] = place
    }
    ;[places, sorted] = [sorted, places]
  }
  return places
}

/** Where the keys with each digit begin, once they are in the order of that digit. */
function startsOf(scaled: Uint32Array, shift: number): Uint32Array {
  const starts = new Uint32Array(digits + 1)
  for (let i = 0; i < scaled.length; i++) starts[((scaled[i]! >>> shift) & (digits - 1)) + 1]!++
  for (let digit = 0; digit < digits; digit++) starts[digit + 1]! += starts[digit]!
  return starts
}
