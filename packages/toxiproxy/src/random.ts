export type Random = () => number

/**
 * A stream of numbers in [0, 1) that depends on nothing but its labels. Each toxic of each connection has its own, so
 * what one connection draws does not hang on what the others do meanwhile, and one seed gives one behaviour.
 */
export function randomStream(...labels: readonly (string | number)[]): Random {
  let state = hash(labels.join('\u0000'))
  // splitmix32
  return () => {
    state = (state + 0x9e3779b9) | 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
  }
}

/** FNV-1a */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value
}
