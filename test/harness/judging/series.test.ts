import { expect, it } from 'vitest'
import { seriesOf } from '../../../harness/judging/series.ts'
import { counter, planOf, type Visits } from '../checks/arm-story.ts'
import { recordOf } from '../checks/journals.ts'

const over = (visits: readonly Visits[], armMs: number) =>
  seriesOf(recordOf(planOf([]), { visits }).observations.get(counter)!, armMs)

it('bins visits by when they were due, and takes latencies of those who succeeded', () => {
  const story: Visits[] = [
    { journey: counter, toMs: 400, tookMs: 100 },
    { journey: counter, fromMs: 400, toMs: 450, tookMs: 900 },
    { journey: counter, fromMs: 500, toMs: 1000, ok: false, tookMs: 2000 },
  ]
  const { binMs, arrivals, ok, p50Ms, p95Ms } = over(story, 10_000)
  expect(binMs).toBe(100)
  expect(arrivals.slice(0, 11)).toEqual([2, 2, 2, 2, 1, 2, 2, 2, 2, 2, 0])
  expect(ok.slice(0, 11)).toEqual([2, 2, 2, 2, 1, 0, 0, 0, 0, 0, 0])
  expect(p50Ms.slice(3, 6)).toEqual([100, 900, null])
  expect(p95Ms.slice(3, 6)).toEqual([100, 900, null])
  expect(arrivals).toHaveLength(100)
})

it('loses no visit: one due at the very end, or past it, is in the last bin', () => {
  const { arrivals } = over([{ journey: counter, toMs: 3000, everyMs: 7 }], 1000)
  expect(arrivals.reduce((sum, n) => sum + n, 0)).toBe(Math.ceil(3000 / 7))
})

it.each([
  [8_000, 100],
  [16_000, 200],
  [100_000, 1000],
  [3_600_000, 60_000],
  [86_400_000, 864_000],
])('an arm of %d ms has bins of %d ms', (armMs, binMs) => {
  const series = over([{ journey: counter }], armMs)
  expect(series.binMs).toBe(binMs)
  expect(series.arrivals.length).toBeLessThanOrEqual(100)
})
