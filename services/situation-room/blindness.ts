import type { AlarmRecord } from './alarm.ts'
import type { Streak } from './streak.ts'

/** The alarm of a room that sees nothing: no outage is declared for it, and somebody must look. */
export interface Blindness {
  readonly name: string
  /** While the room is blind. */
  readonly raised: AlarmRecord | undefined
  /** Every time it was, oldest first. */
  readonly history: readonly AlarmRecord[]
  /** @param isTold whether an alarm says already why nothing is seen */
  assess(now: number, isTold: boolean): 'raised' | 'cleared' | undefined
}

/**
 * Raised when one vantage point was blind so many times in a row; cleared when each has seen something again, be it good
 * or bad.
 */
export function createBlindness(streaks: readonly Streak[], consecutiveBlind: number): Blindness {
  const name = 'blind'
  const closed: AlarmRecord[] = []
  let raised: AlarmRecord | undefined
  let seeingUntil: number | undefined
  return {
    name,
    get raised() {
      return raised
    },
    get history() {
      return raised === undefined ? closed : [...closed, raised]
    },
    assess(now, isTold) {
      const isBlind = streaks.some(({ blinds }) => blinds > 0)
      if (!isBlind) seeingUntil = now
      if (raised !== undefined) {
        if (isBlind) return undefined
        closed.push({ ...raised, clearedAt: now })
        raised = undefined
        return 'cleared'
      }
      if (isTold || !streaks.some(({ blinds }) => blinds >= consecutiveBlind)) return undefined
      raised = { name, since: seeingUntil ?? now, raisedAt: now, clearedAt: undefined }
      return 'raised'
    },
  }
}
