import { lengthOf } from '../figures.ts'

/** How long what is left of a run takes: by the plan, corrected by what has passed. Times are epoch ms. */
export interface Estimate {
  /** An arm begins to come up; one that is run once more is begun again. */
  began(arm: string, plannedMs: number, at: number): void
  /** Its first act begins: from here on it takes its planned time. */
  loaded(arm: string, at: number): void
  ended(arm: string, at: number): void
  /** Arms that have not ended. */
  arms(): number
  /** Until the last of them has ended, ms. */
  leftMs(at: number): number
}

/** What coming up and going down take until an arm has shown it, ms. † ours: processes on two cores. */
const firstGuess = { upMs: 5000, downMs: 3000 }

interface Under {
  readonly plannedMs: number
  readonly beganAt: number
  loadedAt: number | null
}

/**
 * Arms begin in their order, `parallel` at a time, each when an earlier one has ended: so what is left is dealt out like
 * that. How long arms take beside their planned time is the mean of those that were seen.
 * @param queue the arms of the run, in their order
 */
export function estimateOf(
  queue: readonly { readonly arm: string; readonly plannedMs: number }[],
  parallel: number,
): Estimate {
  const waiting = new Map(queue.map(({ arm, plannedMs }) => [arm, plannedMs]))
  const under = new Map<string, Under>()
  const upMs: number[] = []
  const downMs: number[] = []

  const mean = (seen: readonly number[], guess: number): number =>
    seen.length === 0 ? guess : seen.reduce((sum, ms) => sum + ms, 0) / seen.length
  const beside = () => ({ up: mean(upMs, firstGuess.upMs), down: mean(downMs, firstGuess.downMs) })

  function endsAt({ plannedMs, beganAt, loadedAt }: Under, at: number): number {
    const { up, down } = beside()
    return (loadedAt ?? Math.max(at, beganAt + up)) + plannedMs + down
  }

  return {
    began(arm, plannedMs, at) {
      waiting.delete(arm)
      under.set(arm, { plannedMs, beganAt: at, loadedAt: null })
    },
    loaded(arm, at) {
      const one = under.get(arm)
      if (one === undefined || one.loadedAt !== null) return
      one.loadedAt = at
      upMs.push(at - one.beganAt)
    },
    ended(arm, at) {
      const one = under.get(arm)
      under.delete(arm)
      if (one?.loadedAt != null) downMs.push(Math.max(0, at - one.loadedAt - one.plannedMs))
    },
    arms: () => waiting.size + under.size,
    leftMs(at) {
      const freeInMs = [...under.values()].map((one) => Math.max(0, endsAt(one, at) - at))
      while (freeInMs.length < parallel) freeInMs.push(0)
      const { up, down } = beside()
      for (const plannedMs of waiting.values()) {
        freeInMs.sort((a, b) => a - b)
        freeInMs[0]! += up + plannedMs + down
      }
      return Math.max(0, ...freeInMs)
    },
  }
}

/** `3 arms to go, about 40 s`. `at`: epoch ms. */
export function leftInWords(estimate: Estimate, at: number): string {
  const left = estimate.arms()
  if (left === 0) return 'judging'
  return `${left} arm${left === 1 ? '' : 's'} to go, about ${lengthOf(Math.ceil(estimate.leftMs(at) / 1000) * 1000)}`
}
