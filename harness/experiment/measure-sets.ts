import { type Arm, armWith } from '../model/arms.ts'
import type { Design } from '../model/measure-sets.ts'
import type { Plan } from '../model/plan.ts'

/** More measures than that make too many sets for a full design. */
const mostInFull = 4

/** The sets of measures of a design, largest first; those of all and of none are in each. */
export function setsOf({ measures }: Pick<Plan, 'measures'>, design: Design): readonly (readonly string[])[] {
  const names = measures.map(({ name }) => name)
  const all = Array.from({ length: 2 ** names.length }, (_, bits) =>
    names.filter((_name, i) => (bits & (1 << i)) !== 0),
  )
  const edges = [
    0,
    names.length,
    ...(design === 'one-out' ? [names.length - 1] : []),
    ...(design === 'one-in' ? [1] : []),
  ]
  return all
    .filter(({ length }) => design === 'full' || edges.includes(length))
    .toSorted((a, b) => b.length - a.length)
}

/** Of few measures every set, of more those that leave one out. */
export function usualDesign({ measures }: Pick<Plan, 'measures'>): Design {
  return measures.length <= 3 ? 'full' : 'one-out'
}

/** What cannot be compared, and what to ask instead; empty where it can. */
export function designProblems(
  { measures, scenario }: Pick<Plan, 'measures' | 'scenario'>,
  design: Design,
): string[] {
  if (measures.length === 0) return [`${scenario} has no measures to compare`]
  if (design !== 'full' || measures.length <= mostInFull) return []
  return [
    `--design full of ${measures.length} measures is ${2 ** measures.length} sets: name ${mostInFull} of them or fewer (--measures), or take --design one-out`,
  ]
}

/**
 * The arms of one seed: control, and one for each set. The order is turned by one from seed to seed, so that what comes
 * of an arm's place (a host that warms up, a neighbour) falls on all of them.
 * @param turn number of the seed, from 0
 */
export function armsOfSets(
  plan: Pick<Plan, 'measures'>,
  sets: readonly (readonly string[])[],
  turn: number,
): Arm[] {
  const names = plan.measures.map(({ name }) => name)
  const arms: Arm[] = ['control', ...sets.map((on) => armWith(names, on))]
  const by = turn % arms.length
  return [...arms.slice(by), ...arms.slice(0, by)]
}
