import { plannedSpan, windowParam } from '../../checks/window.ts'
import type { ArmResult } from '../../model/result.ts'
import { readCheck } from '../reading.ts'
import type { Story } from './stories.ts'
import { toneOf } from './words.ts'

/** Where a check looks at a journey, and what it found there. Times are ms from the arm's start. */
export interface Judged {
  readonly title: string
  readonly fromMs: number
  readonly toMs: number
  readonly tone: ReturnType<typeof toneOf>
  /** Of a latency of the whole visit: what its quantile must not be above, ms. */
  readonly thresholdMs?: number
}

/** The windows of the checks that speak of a journey in an arm, in the order of the plan. */
export function windowsOf(journey: string, { arm, checks }: ArmResult, { plan }: Story): Judged[] {
  return plan.checks.flatMap(({ id, title, kind, journeys, params }) => {
    const check = checks.find((one) => one.id === id)
    const window = windowParam.safeParse(params.window)
    const span = window.success ? plannedSpan(plan, window.data) : null
    if (check === undefined || span === null || !journeys.includes(journey)) return []
    const reading = readCheck(arm, check)
    if (reading.meaning === 'not-asked') return []
    // A step's latency is no latency of a visit, which is what is drawn.
    const limit = kind === 'latency' && params.step === undefined ? check.evidence?.threshold : undefined
    return [
      {
        title: `${title}: ${reading.words}`,
        ...span,
        tone: toneOf(reading),
        ...(limit !== undefined && { thresholdMs: limit }),
      },
    ]
  })
}
