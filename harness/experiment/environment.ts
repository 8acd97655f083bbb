import type { MeasureUse, System } from '../model/system.ts'

type Environment = Readonly<Record<string, Readonly<Record<string, string>>>>

/**
 * The environment by service: what the scenario sets, then what switches these measures and these sabotages on.
 * @param own of the scenario, the same in every arm
 */
export function environmentOf(
  system: System,
  {
    own = {},
    measures,
    sabotages,
  }: { own?: Environment | undefined; measures: readonly MeasureUse[]; sabotages: readonly string[] },
): Environment {
  return merge(
    own,
    ...measures.map((use) => system.measures[use.name]!.environment(use.params)),
    ...(sabotages.length === 0 ? [] : [system.sabotages!.environment(sabotages)]),
  )
}

function merge(...parts: readonly Environment[]): Environment {
  const merged: Record<string, Record<string, string>> = {}
  for (const part of parts)
    for (const [service, variables] of Object.entries(part))
      merged[service] = { ...merged[service], ...variables }
  return merged
}
