import type { Plan } from '../model/plan.ts'

/** Who makes the visits of a journey, and what one that succeeded is called: `officials`, `served`. */
export function journeyWords(
  plan: Plan | undefined,
  journey: string,
): { readonly users: string; readonly successIs: string } {
  const stream = plan?.load.find((one) => one.journey === journey)
  return { users: stream?.users ?? journey, successIs: stream?.successIs ?? 'served' }
}
