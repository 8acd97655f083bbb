import { fixed, median, type Row } from './row.ts'
import type { Contender, Stage } from './stage.ts'

const PAIRS = Number(process.env.BENCH_PAIRS ?? 5)

/** What is wanted of a figure: its ratio to the real one's, at least or at most. */
export interface Target {
  readonly atLeast?: number
  readonly atMost?: number
}

/**
 * Measures both servers in turn, A B B A …, so that what else the machine does meets both alike. The ratio is the
 * median of the pairs' ratios.
 */
export async function compare(
  stage: Pick<Stage, 'ours' | 'real'>,
  figure: string,
  target: Target,
  write: (value: number) => string,
  measure: (contender: Contender) => Promise<number>,
): Promise<Row> {
  const wanted = target.atLeast === undefined ? `≤ ${target.atMost}` : `≥ ${target.atLeast}`
  const { ours, real } = stage
  if (real === undefined) {
    const value = await measure(ours)
    return { figure, ours: write(value), against: '–', ratio: '–', target: wanted, met: null }
  }
  const values: { ours: number[]; real: number[] } = { ours: [], real: [] }
  for (let pair = 0; pair < PAIRS; pair++) {
    const order = pair % 2 === 0 ? [real, ours] : [ours, real]
    for (const contender of order) values[contender.name].push(await measure(contender))
  }
  const ratio = median(values.ours.map((value, pair) => value / values.real[pair]!))
  return {
    figure,
    ours: write(median(values.ours)),
    against: write(median(values.real)),
    ratio: fixed(ratio),
    target: wanted,
    met:
      ratio >= (target.atLeast ?? Number.NEGATIVE_INFINITY) &&
      ratio <= (target.atMost ?? Number.POSITIVE_INFINITY),
  }
}
