import { messageOf } from '../../errors.ts'
import type { Knob, Scenario } from '../../model/scenario.ts'
import { durationMs, ratePerSecond } from '../../model/units.ts'
import { unknown } from '../../near-miss.ts'

/** `--set`: knob values as typed. */
export type Typed = Readonly<Record<string, string>>

export function settleKnobs(scenario: Scenario, set: Typed, problems: string[]): Record<string, number> {
  const values: Record<string, number> = {}
  for (const [name, knob] of Object.entries(scenario.knobs)) values[name] = knobValue(knob, knob.default)
  for (const [name, typed] of Object.entries(set)) {
    const knob = scenario.knobs[name]
    if (knob === undefined) continue
    try {
      values[name] = knobValue(knob, typed)
    } catch (error) {
      problems.push(`--set ${name}: ${messageOf(error)}`)
    }
  }
  return values
}

/**
 * A knob's value as it was declared (a number is ms, or per second) or typed, when it needs its unit.
 * @throws RangeError that says what is wanted
 */
export function knobValue(knob: Knob, value: string | number): number {
  if (knob.type === 'duration') return durationMs(value)
  if (knob.type === 'rate') return ratePerSecond(value)
  const number = typeof value === 'number' || value.trim() !== '' ? Number(value) : Number.NaN
  if (!Number.isFinite(number)) throw new RangeError(`'${value}' is not a number`)
  return number
}

/** `--set` names that no chosen scenario declares. */
export function unknownKnobs(scenarios: readonly Scenario[], set: Typed): string[] {
  const known = [...new Set(scenarios.flatMap(({ knobs }) => Object.keys(knobs)))]
  return Object.keys(set)
    .filter((name) => !known.includes(name))
    .map((name) => `--set: ${unknown('knob', name, known)}`)
}
