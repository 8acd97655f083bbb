import type { DeepCheck } from '../../common/health.ts'
import type { PasswordFallbackParameters } from '../../measures/password-fallback.ts'

/** What Saeol itself has seen of GPKI lately: what others say that is seen from here is compared with it. */
export interface OwnLook {
  /** The same check, whose outcomes are kept. */
  noting(check: DeepCheck): DeepCheck
  /** Whether a fault was seen from here, in readings in a row, and no recovery since. */
  sawFault(settings: Seeing): boolean
}

type Seeing = Pick<PasswordFallbackParameters, 'consecutiveRed' | 'consecutiveGreen' | 'evidenceMaxAgeMs'>

/** Readings kept at the most: more than the room asks for while evidence is fresh, at its ordinary pace. */
const mostKept = 1_000

/** @param now epoch ms */
export function createOwnLook(now: () => number): OwnLook {
  const readings: { readonly at: number; readonly isRed: boolean }[] = []

  function note(isRed: boolean): void {
    readings.push({ at: now(), isRed })
    if (readings.length > mostKept) readings.shift()
  }

  return {
    noting: (check) => async (signal) => {
      try {
        await check(signal)
      } catch (error) {
        note(true)
        throw error
      }
      note(false)
    },
    sawFault({ consecutiveRed, consecutiveGreen, evidenceMaxAgeMs }) {
      let reds = 0
      let greens = 0
      let saw = false
      for (const { at, isRed } of readings) {
        if (now() - at > evidenceMaxAgeMs) continue
        reds = isRed ? reds + 1 : 0
        greens = isRed ? 0 : greens + 1
        if (reds >= consecutiveRed) saw = true
        if (greens >= consecutiveGreen) saw = false
      }
      return saw
    },
  }
}
