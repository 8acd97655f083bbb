import type { ScenarioResult } from '../model/result.ts'

/**
 * Names of a scenario's journeys: first those of which it tells an effect, or the first of all where it tells none; then
 * the others.
 */
export function journeysTold({ arms, effects }: Pick<ScenarioResult, 'arms' | 'effects'>): {
  readonly main: readonly string[]
  readonly others: readonly string[]
} {
  const all = [...new Set(arms.flatMap(({ journeys }) => Object.keys(journeys)))]
  const told = all.filter((name) => effects.some(({ journey }) => journey === name))
  const main = told.length > 0 ? told : all.slice(0, 1)
  return { main, others: all.filter((name) => !main.includes(name)) }
}
