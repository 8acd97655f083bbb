import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../common/log.ts'
import type { Sabotaged } from '../common/sabotage.ts'
import type { Approval } from '../saeol/fallback/approvals.ts'
import type { Desk } from './desk.ts'
import type { Answered } from './desk-process.ts'

/** The duty officers, each at a desk of their own, who are asked one after the other. */
export interface DutyDesks {
  /**
   * @param officers how many must sign
   * @throws Error when not that many do
   */
  sign(subject: unknown, officers: number, signal: AbortSignal): Promise<Approval[]>
  /**
   * Rings from desk to desk until one of them acknowledges the alarm; again from the first after the last.
   * @param signal when the alarm is over
   */
  ring(alarm: string, signal: AbortSignal): Promise<void>
}

/** So many times the time of one desk is waited, once every desk was asked. † ours: long enough for the slowest. */
const lastWaitFactor = 10

/** @param options.ackWithinMs a desk that says nothing for so long has the next one asked too */
export function createDutyDesks(options: {
  readonly desks: readonly Desk[]
  readonly ackWithinMs: number
  readonly log: Log
  readonly sabotaged?: Sabotaged
}): DutyDesks {
  const { desks, ackWithinMs, log, sabotaged = () => false } = options

  /** Answers of so many; whoever was asked may still answer when others were asked after them. */
  async function answersOf(asking: {
    readonly subject?: unknown
    readonly wanted: number
    readonly silent: (desk: number, next: number | undefined) => void
    readonly signal: AbortSignal
  }): Promise<Answered[]> {
    const over = new AbortController()
    const signal = AbortSignal.any([asking.signal, over.signal])
    const answers: Answered[] = []
    let heard = Promise.withResolvers<void>()
    try {
      for (const [at, desk] of desks.entries()) {
        void desk.ask(asking.subject, signal).then(
          (answered) => {
            answers.push(answered)
            heard.resolve()
          },
          () => {},
        )
        const next = desks[at + 1]
        const waitMs = next === undefined ? lastWaitFactor * ackWithinMs : ackWithinMs
        const until = performance.now() + waitMs
        const before = answers.length
        while (answers.length === before || (next === undefined && answers.length < asking.wanted)) {
          const leftMs = until - performance.now()
          if (leftMs <= 0) break
          await Promise.race([heard.promise, sleep(leftMs, undefined, { signal })])
          heard = Promise.withResolvers()
        }
        if (answers.length >= asking.wanted) return answers.slice(0, asking.wanted)
        if (answers.length === before) asking.silent(desk.number, next?.number)
      }
      return answers
    } finally {
      over.abort(new Error('no answer is waited for any more'))
    }
  }

  return {
    async sign(subject, officers, signal) {
      const answers = await answersOf({
        subject,
        wanted: officers,
        silent: (desk, next) => log.warn({ event: 'desk.silent', desk, next }, `desk ${desk} does not sign`),
        signal,
      })
      if (answers.length < officers) {
        throw new Error(`${officers} duty officers must sign, but ${answers.length} did`)
      }
      return answers.map(({ officer, signature }) => ({ officer, signature: signature! }))
    },

    async ring(alarm, signal) {
      const first = desks[0]?.number
      if (sabotaged('rings-once')) return void desks[0]?.ask(undefined, signal).catch(() => {})
      while (!signal.aborted) {
        const [answered] = await answersOf({
          wanted: 1,
          silent: (desk, next = first) =>
            log.warn(
              { event: 'alarm.escalated', alarm, desk, next },
              `desk ${desk} says nothing of ${alarm}`,
            ),
          signal,
        }).catch((error: unknown) => {
          if (signal.aborted) return []
          throw error
        })
        if (answered === undefined) continue
        const { officer } = answered
        log.info({ event: 'alarm.acknowledged', alarm, officer }, `${officer} knows of ${alarm}`)
        return
      }
    },
  }
}
