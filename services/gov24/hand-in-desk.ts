import { setTimeout as sleep } from 'node:timers/promises'
import { createBudget } from '../common/budget.ts'
import type { Log } from '../common/log.ts'
import { Problem } from '../common/problem.ts'
import type { Sabotaged } from '../common/sabotage.ts'
import type { PortalFirstParameters } from '../measures/portal-first.ts'
import { isOutOfReach, type SaeolDesk } from './hand-in.ts'
import type { KeptApplication, Outbox } from './outbox.ts'

/** How often the desk looks for applications that were kept, in ms. */
const idleMs = 50
/** First pause after Saeol did not take one, in ms; it doubles. */
const firstPauseMs = 100
/** Longest wait for one answer, in ms. † ours: patient, as no citizen waits for it. */
const patienceMs = 2_000
/** How many are on their way to Saeol at once. † ours: a fifth of its workers. */
const atOnce = 4
/** Every how many applications the sabotage `hands-in-twice` hands in again, as if nobody had. */
const twiceOneIn = 5

/** Hands in what the portal kept once Saeol answers well again, a few at a time. */
export interface HandInDesk {
  stop(): Promise<void>
}

export function startHandInDesk(options: {
  readonly outbox: Outbox
  readonly saeol: SaeolDesk
  readonly settings: PortalFirstParameters
  readonly isUp: () => boolean
  readonly sabotaged: Sabotaged
  readonly log: Log
}): HandInDesk {
  const { outbox, saeol, settings, isUp, sabotaged, log } = options
  const stopped = new AbortController()
  const { signal } = stopped
  const pause = (ms: number) => sleep(ms, undefined, { signal }).catch(() => {})
  const budget = () => createBudget({ totalMs: patienceMs, signal })
  let handedIn = 0
  let nextAt = 0

  /** @returns whether Saeol answered */
  async function handIn(application: KeptApplication): Promise<boolean> {
    try {
      await saeol.receiveLater(application, application.key, budget())
      handedIn += 1
      if (sabotaged('hands-in-twice') && handedIn % twiceOneIn === 0)
        await saeol.receiveLater(application, `${application.key}-again`, budget())
    } catch (error) {
      if (!(error instanceof Problem) || isOutOfReach(error)) return false
      const { number } = application
      log.error({ event: 'application.refused', number, err: error }, `Saeol refuses ${number}`)
      await outbox.settle(application, 'refused')
      return true
    }
    await outbox.settle(application, 'handed-in')
    return true
  }

  /** One pace, however many are on their way at once. */
  async function turn(): Promise<void> {
    const at = Math.max(nextAt, performance.now())
    nextAt = at + 1_000 / settings.handInsPerS
    await pause(Math.max(0, at - performance.now()))
  }

  /** @returns whether all of them were taken */
  async function handInAll(): Promise<boolean> {
    const left = outbox.waiting().values()
    const one = async (): Promise<boolean> => {
      for (const application of left) {
        await turn()
        if (signal.aborted || !isUp() || !(await handIn(application))) return false
      }
      return true
    }
    return (await Promise.all(Array.from({ length: atOnce }, one))).every(Boolean)
  }

  async function run(): Promise<void> {
    let pauseMs = firstPauseMs
    while (!signal.aborted) {
      if (outbox.waiting().length === 0) await pause(idleMs)
      else if (await handInAll()) {
        pauseMs = firstPauseMs
        if (outbox.waiting().length === 0)
          log.info({ event: 'outbox.drained', handedIn }, 'everything that was kept is handed in')
      } else {
        await pause(pauseMs)
        pauseMs = Math.min(pauseMs * 2, settings.longestPauseMs)
      }
    }
  }

  const running = run()
  return {
    async stop() {
      stopped.abort()
      await running
    },
  }
}
