/** One line of the bench's table. */
export interface Row {
  readonly figure: string
  readonly ours: string
  /** What it is held against: the real thing beside it in the same run, or the bound. */
  readonly against: string
  readonly ratio: string
  readonly target: string
  readonly met: boolean | null
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

export function fixed(value: number, digits = 2): string {
  return Number(value.toFixed(digits)).toString()
}

/** A figure that must not be above its bound. */
export function atMost(figure: string, value: number, bound: number, write: (value: number) => string): Row {
  return {
    figure,
    ours: write(value),
    against: write(bound),
    ratio: fixed(value / bound),
    target: '≤ 1',
    met: value <= bound,
  }
}
