/** A named stretch of a scenario, as it is planned. Times are ms from the arm's start. */
export interface PlannedAct {
  readonly name: string
  readonly fromMs: number
  readonly toMs: number
}

/** The acts of a short scenario, in this order. */
export const shortActs = ['baseline', 'fault', 'recovery'] as const

/** Acts one after the other, each by its name with its length in ms. */
export function actsInTurn(lengthsMs: Readonly<Record<string, number>>): PlannedAct[] {
  let toMs = 0
  return Object.entries(lengthsMs).map(([name, lengthMs]) => {
    const fromMs = toMs
    toMs += lengthMs
    return { name, fromMs, toMs }
  })
}

/** How long an arm is planned to last, ms. */
export function armMs(acts: readonly PlannedAct[]): number {
  return acts.at(-1)?.toMs ?? 0
}

/** How long the first act lasts, in which nothing is wrong, ms. */
export function baselineMs(acts: readonly PlannedAct[]): number {
  return acts[0]?.toMs ?? 0
}
