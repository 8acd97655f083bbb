/**
 * Seeded chance that runs anywhere (Node, k6): sfc32 by Chris Doty-Humphrey (PractRand), 128 bits of state, seeded by
 * hashing text with the finaliser of MurmurHash3. Not for secrets.
 * @returns a function that gives the next number in [0, 1).
 */
export function seeded(text: string): () => number {
  let h = 2166136261 ^ text.length
  const next = (): number => {
    for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16777619)
    h = Math.imul(h ^ (h >>> 16), 2246822507)
    h = Math.imul(h ^ (h >>> 13), 3266489909)
    h ^= h >>> 16
    return h >>> 0
  }
  let a = next()
  let b = next()
  let c = next()
  let d = 1
  const random = (): number => {
    const t = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + t) | 0
    return (t >>> 0) / 4294967296
  }
  for (let i = 0; i < 12; i++) random()
  return random
}
