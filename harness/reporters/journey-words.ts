import type { Plan } from '../model/plan.ts'

/** Journeys in the order of the plan's load; those that only a fault brings come last. */
export function inOrderOf(plan: Plan | undefined, journeys: readonly string[]): string[] {
  const order = plan?.load.map(({ journey }) => journey) ?? []
  const place = (journey: string): number => (order.includes(journey) ? order.indexOf(journey) : order.length)
  return journeys.toSorted((a, b) => place(a) - place(b))
}

/** Who makes the visits of a journey, and what one that succeeded is called: `officials`, `served`. */
export function journeyWords(
  plan: Plan | undefined,
  journey: string,
): { readonly users: string; readonly successIs: string } {
  const stream = plan?.load.find((one) => one.journey === journey)
  return { users: stream?.users ?? journey, successIs: stream?.successIs ?? 'served' }
}
