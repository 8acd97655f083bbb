import { nextValue } from '../judging/envelope.ts'
import type { ArmEnvelope, Tried } from '../model/envelope.ts'

export const envelopeArms = ['treated', 'untreated'] as const satisfies readonly ArmEnvelope['arm'][]

/** One arm at one value. */
export interface Trial {
  readonly arm: ArmEnvelope['arm']
  readonly value: number
}

/**
 * Tries values until it is known where each arm breaks, both arms side by side.
 * @param options.most values to try at most, of each arm
 * @param options.measure runs these trials, and says what each showed; null: it was interrupted, or failed
 */
export async function searchEnvelope(options: {
  readonly start: number
  readonly levels: number
  readonly width: number
  readonly most: number
  measure(trials: readonly Trial[]): Promise<readonly Tried[] | null>
}): Promise<Record<ArmEnvelope['arm'], readonly Tried[]>> {
  const tried: Record<ArmEnvelope['arm'], Tried[]> = { treated: [], untreated: [] }
  for (;;) {
    const trials = envelopeArms.flatMap((arm): Trial[] => {
      const value = tried[arm].length < options.most ? nextValue(tried[arm], options) : null
      return value === null ? [] : [{ arm, value }]
    })
    if (trials.length === 0) return tried
    const shown = await options.measure(trials)
    if (shown === null) return tried
    for (const [i, { arm }] of trials.entries()) tried[arm].push(shown[i]!)
  }
}
