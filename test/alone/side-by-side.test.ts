/** Arms side by side are as one at a time: nothing of one arm reaches another, and the verdict is the same. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Place, place } from '../harness/fixtures/command-line.ts'
import { agreeing, expectSameArrivals, expectSameOutcomes, expectSameVerdicts } from './agreement.ts'

/** What a system may be slower by while two others share its CPUs, in ms. † ours */
const neighboursMs = 25

let here: Place
beforeEach(() => {
  here = place()
})
afterEach(() => here[Symbol.dispose]())

it('three arms side by side: same arrivals, same verdicts, intervals that overlap', async (context) => {
  const apart = await agreeing(context, here, 'apart', ['--parallel', '1'])
  const together = await agreeing(context, here, 'together', ['--parallel', '3'])
  expect(mostAtOnce(apart)).toBe(1)
  expect(mostAtOnce(together)).toBe(3)
  expectSameArrivals(apart, together)
  expectSameVerdicts(apart, together, neighboursMs)
  expectSameOutcomes(apart, together)
})

/** How many arms were under load at one moment. */
function mostAtOnce({ arms }: Awaited<ReturnType<typeof agreeing>>): number {
  const spans = [...arms.values()].map(({ observations }) => {
    const due = observations.map((one) => one.due)
    return { from: Math.min(...due), to: Math.max(...due) }
  })
  return Math.max(
    ...spans.map((span) => spans.filter(({ from, to }) => from <= span.from && span.from <= to).length),
  )
}
