import { createBudget } from '../common/budget.ts'
import { type AtDesk, type Desk, startDesk } from '../common/desk.ts'
import type { Log } from '../common/log.ts'
import { Problem } from '../common/problem.ts'
import type { Sabotaged } from '../common/sabotage.ts'
import type { PortalFirstParameters } from '../measures/portal-first.ts'
import type { KeptApplication, Outbox } from './outbox.ts'
import { isOutOfReach, type SaeolDesk } from './saeol-desk.ts'

/** Longest wait for one answer, in ms. † ours: patient, as no citizen waits for it. */
const patienceMs = 2_000
/** How many are on their way to Saeol at once. † ours: less than half of its workers, so that the pace is what limits them. */
const atOnce = 8
/** Every how many applications the sabotage `hands-in-twice` hands in again, as if nobody had. */
const twiceOneIn = 5

/** Hands in what the portal kept once Saeol answers well again, a few at a time. */
export function startHandInDesk(options: {
  readonly outbox: Outbox
  readonly saeol: SaeolDesk
  readonly settings: PortalFirstParameters
  readonly isUp: () => boolean
  readonly sabotaged: Sabotaged
  readonly log: Log
}): Desk {
  const { outbox, saeol, settings, isUp, sabotaged, log } = options
  const budget = (signal: AbortSignal) => createBudget({ totalMs: patienceMs, signal })
  let handedIn = 0

  /** @returns whether Saeol answered */
  async function handIn(application: KeptApplication, signal: AbortSignal): Promise<boolean> {
    try {
      await saeol.receiveLater(application, application.key, budget(signal))
      handedIn += 1
      if (sabotaged('hands-in-twice') && handedIn % twiceOneIn === 0)
        await saeol.receiveLater(application, `${application.key}-again`, budget(signal))
      await outbox.settle(application, 'handed-in')
      return true
    } catch (error) {
      if (isOutOfReach(error) || signal.aborted) return false
      const { number } = application
      log.error({ event: 'application.refused', number, err: error }, `${number} was not taken`)
      if (!(error instanceof Problem)) return false
      await outbox.settle(application, 'refused').catch(() => {})
      return true
    }
  }

  /** @returns whether all of them were taken */
  async function handInAll({ signal, turn }: AtDesk): Promise<boolean> {
    const left = outbox.waiting().values()
    const one = async (): Promise<boolean> => {
      for (const application of left) {
        await turn()
        if (signal.aborted || !isUp() || !(await handIn(application, signal))) return false
      }
      return true
    }
    return (await Promise.all(Array.from({ length: atOnce }, one))).every(Boolean)
  }

  return startDesk({
    waiting: () => outbox.waiting().length,
    round: handInAll,
    drained: () => log.info({ event: 'outbox.drained', handedIn }, 'everything that was kept is handed in'),
    perS: settings.handInsPerS,
    longestPauseMs: settings.longestPauseMs,
  })
}
