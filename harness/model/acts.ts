/** A named stretch of a scenario, as it is planned. Times are ms from the arm's start. */
export interface PlannedAct {
  readonly name: string
  readonly fromMs: number
  readonly toMs: number
}

/** The acts of a short scenario, in this order; faults without an act of their own are in the second. */
export const shortActs = ['baseline', 'fault', 'recovery'] as const

/**
 * Acts one after the other, each by its name with its length in ms. As a list where anybody chose the names: of an object
 * JavaScript puts names that are numbers first.
 */
export function actsInTurn(
  lengthsMs: Readonly<Record<string, number>> | readonly (readonly [string, number])[],
): PlannedAct[] {
  let toMs = 0
  const list = Array.isArray(lengthsMs) ? lengthsMs : Object.entries(lengthsMs)
  return list.map(([name, lengthMs]: readonly [string, number]) => {
    const fromMs = toMs
    toMs += lengthMs
    return { name, fromMs, toMs }
  })
}

/** How long an arm is planned to last, ms. */
export function armMs(acts: readonly PlannedAct[]): number {
  return acts.at(-1)?.toMs ?? 0
}

/** When arrivals of an act come, or, without one, those of the whole arm: ms from the arm's start, and for how long. */
export function timeOfAct(
  acts: readonly PlannedAct[],
  name: string | undefined,
): { readonly atMs: number; readonly durationMs: number } {
  const act = acts.find((one) => one.name === name)
  return act === undefined
    ? { atMs: 0, durationMs: armMs(acts) }
    : { atMs: act.fromMs, durationMs: act.toMs - act.fromMs }
}

/** How long the first act lasts, in which nothing is wrong, ms. */
export function baselineMs(acts: readonly PlannedAct[]): number {
  return acts[0]?.toMs ?? 0
}
