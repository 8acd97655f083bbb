import type { ArmResult, ScenarioResult } from '../model/result.ts'
import { firstOf } from '../model/words.ts'

/** An arm that is void for what the machine did, not for what the scenario is: a second run may well be sound. */
export function repeatMayHelp(arm: ArmResult): boolean {
  return (
    arm.ending === 'finished' && arm.voids.length > 0 && arm.voids.every(({ repeatHelps }) => repeatHelps)
  )
}

/**
 * Whether a second run of an inconclusive scenario can come to a verdict.
 * @param missing arms that were not run, in words
 * @param unmatched visits that only one of two arms had, in words: a generator that dropped some
 */
export function repeatOf(
  arms: readonly ArmResult[],
  missing: readonly string[],
  unmatched: readonly string[],
): NonNullable<ScenarioResult['repeat']> {
  const never = [
    ...missing,
    ...arms.flatMap(({ arm, voids }) =>
      voids.filter(({ repeatHelps }) => !repeatHelps).map(({ said }) => `${arm}: ${said}`),
    ),
    ...arms
      .filter(({ verdict, voids }) => verdict === 'inconclusive' && voids.length === 0)
      .map(({ arm, said }) => `${arm}: ${said}`),
  ]
  if (never.length > 0) return { helps: false, said: firstOf(never) }
  const passing = arms.flatMap(({ arm, voids }) => voids.map(({ said }) => `${arm}: ${said}`))
  return { helps: true, said: firstOf([...passing, ...unmatched]) }
}
