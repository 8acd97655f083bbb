import type { Sabotaged } from '../common/sabotage.ts'
import type { Streak } from './streak.ts'

export interface AlarmSettings {
  /** Readings in a row, at every vantage point, that raise it and that may clear it. */
  readonly consecutiveRed: number
  readonly consecutiveGreen: number
  /** How long every vantage point must have been green without a break, in ms. */
  readonly holdDownMs: number
  /** Raised again within this time of the last clearing doubles the hold-down, in ms … */
  readonly flapWindowMs: number
  /** … up to this. */
  readonly maxHoldDownMs: number
}

/** One outage, from the last moment everything was seen to work until it was verified to work again. */
export interface AlarmRecord {
  readonly name: string
  /** Epoch ms: the last green before it, so that it never begins after the fault did. */
  readonly since: number
  /** Epoch ms. */
  readonly raisedAt: number
  readonly clearedAt: number | undefined
}

export interface Alarm {
  readonly name: string
  /** The outage that lasts; undefined while all is well. */
  readonly raised: AlarmRecord | undefined
  /** All of them, oldest first. */
  readonly history: readonly AlarmRecord[]
  /** The hold-down that the next clearing must wait for, in ms. */
  readonly holdDownMs: number
  /** Looks at the streaks and changes when it must. */
  assess(now: number): 'raised' | 'cleared' | undefined
  /** Ends it because somebody said so, verified or not. @returns whether there was one */
  overrule(now: number): boolean
  /** Takes up an outage that was under way before this process began. */
  adopt(since: number, now: number): void
}

/** A room that starts amid an outage waits this long before it believes it, in ms. † ours. */
const armedAfterMs = 5_000

/**
 * Latched: raised when every vantage point is red, cleared only by a verified recovery. A system that flaps
 * keeps it raised, and one that recovers and fails again must stay green twice as long the next time.
 */
export function createAlarm(options: {
  readonly name: string
  readonly streaks: readonly Streak[]
  readonly settings: AlarmSettings
  /** Epoch ms. */
  readonly startedAt: number
  readonly sabotaged?: Sabotaged
}): Alarm {
  const { name, streaks, settings, startedAt, sabotaged = () => false } = options
  const closed: AlarmRecord[] = []
  let raised: AlarmRecord | undefined
  let holdDownMs = settings.holdDownMs

  function raise(since: number, now: number): void {
    const lastClearedAt = closed.at(-1)?.clearedAt
    const flaps = lastClearedAt !== undefined && now - lastClearedAt <= settings.flapWindowMs
    holdDownMs = flaps ? Math.min(holdDownMs * 2, settings.maxHoldDownMs) : settings.holdDownMs
    raised = { name, since, raisedAt: now, clearedAt: undefined }
  }

  return {
    name,
    get raised() {
      return raised
    },
    get history() {
      return raised === undefined ? closed : [...closed, raised]
    },
    get holdDownMs() {
      return holdDownMs
    },
    assess(now) {
      if (raised === undefined) {
        // Until everything was seen to work once, a red may only mean that the others have not started yet.
        const armed = streaks.every(({ lastGreenAt }) => lastGreenAt !== undefined)
        if (!armed && now - startedAt < armedAfterMs) return undefined
        if (!streaks.every(({ reds }) => reds >= settings.consecutiveRed)) return undefined
        // Where it worked longest says nothing; where it broke first, it was seen to work until then.
        const since = Math.min(...streaks.map(({ lastGreenAt }) => lastGreenAt ?? startedAt))
        raise(sabotaged('late-window') ? now : since, now)
        return 'raised'
      }
      const verified = streaks.every(({ greens, greenSince }) =>
        sabotaged('clears-at-once')
          ? greens > 0
          : greens >= settings.consecutiveGreen && greenSince !== undefined && now - greenSince >= holdDownMs,
      )
      if (!verified) return undefined
      closed.push({ ...raised, clearedAt: now })
      raised = undefined
      return 'cleared'
    },
    overrule(now) {
      if (raised === undefined) return false
      closed.push({ ...raised, clearedAt: now })
      raised = undefined
      return true
    },
    adopt(since, now) {
      if (raised === undefined) raise(since, now)
    },
  }
}
