/** The same visits in two arms, counted. */
export interface PairedCounts {
  readonly visits: number
  readonly saved: number
  readonly lost: number
  readonly either: number
  readonly neither: number
  readonly difference: number
  readonly interval: readonly [number, number]
  readonly differs: boolean
}

/** Sums of d over blocks of about √n visits: within a burst visits fail together, blocks are nearly independent. */
export function pairedEffect(a: ArrayLike<number>, b: ArrayLike<number>): PairedCounts {
  const n = a.length
  const blocks = Math.max(1, Math.floor(Math.sqrt(n)))
  const sums = new Float64Array(blocks)
  let saved = 0
  let lost = 0
  let either = 0
  for (let i = 0; i < n; i++) {
    const d = a[i]! - b[i]!
    if (d > 0) saved++
    else if (d < 0) lost++
    else if (a[i] === 1) either++
    sums[Math.min(blocks - 1, Math.floor((i * blocks) / n))]! += d
  }
  const difference = saved - lost
  const mean = difference / blocks
  const variance = blocks > 1 ? sums.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (blocks - 1) : n
  const deviation = Math.sqrt(variance * blocks)
  const clip = (x: number): number => Math.max(-n, Math.min(n, x))
  return {
    visits: n,
    saved,
    lost,
    either,
    neither: n - saved - lost - either,
    difference,
    interval: [clip(difference - 2 * deviation), clip(difference + 2 * deviation)],
    differs: Math.abs(difference) > 2.8 * deviation,
  }
}
