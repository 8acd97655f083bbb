import type { ArmResult, ScenarioResult, Series } from '../../model/result.ts'
import { formatMs } from '../../model/units.ts'
import { journeysTold } from '../journeys-told.ts'
import { spark } from '../terminal/sparkline.ts'
import { code, table, text } from './escape.ts'

/** Cells of a curve, at most. */
const cells = 48

/**
 * Who was served over the arm's planned time, an arm a row: `▁` nobody … `█` everybody, `·` nobody came. Journeys of which
 * the scenario tells an effect; where it tells none, the first.
 */
export function curves(scenario: Pick<ScenarioResult, 'arms' | 'effects'>): string {
  const rows = journeysTold(scenario).main.flatMap((journey) =>
    scenario.arms.flatMap((arm) => rowOf(journey, arm)),
  )
  return rows.length === 0 ? '' : table(['visits', 'arm', 'served', 'over time', 'slowest p95'], rows)
}

function rowOf(journey: string, { arm, journeys }: ArmResult): string[][] {
  const own = journeys[journey]
  if (own === undefined) return []
  const slowest = Math.max(...own.series.p95Ms.map((ms) => ms ?? Number.NEGATIVE_INFINITY))
  return [
    [
      text(journey),
      text(arm),
      `${own.ok} of ${own.arrivals}`,
      own.series.arrivals.length === 0 ? '' : code(served(own.series)),
      Number.isFinite(slowest) ? formatMs(slowest) : '–',
    ],
  ]
}

/** @returns a character for each of at most {@link cells} stretches of equal length */
function served({ arrivals, ok }: Series): string {
  const per = Math.ceil(arrivals.length / cells)
  const sum = (counts: readonly number[], from: number): number =>
    counts.slice(from, from + per).reduce((total, count) => total + count, 0)
  return Array.from({ length: Math.ceil(arrivals.length / per) }, (_, i) => {
    const came = sum(arrivals, i * per)
    return came === 0 ? '·' : spark(sum(ok, i * per) / came)
  }).join('')
}
