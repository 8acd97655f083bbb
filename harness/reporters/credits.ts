import type { Credit } from '../model/result.ts'

/**
 * Of whom fewer are served without a measure, and how many, where that is more than chance; of a measure that harms, of
 * whom fewer are served with it. Visits.
 * @example fewerServed(credit) // [{ users: 'officials', visits: 64 }]
 */
export function fewerServed({
  credit,
  effects,
}: Credit): { readonly users: string; readonly visits: number }[] {
  const sign = credit === 'harmful' ? -1 : 1
  return effects
    .filter(({ differs, difference }) => differs && sign * difference > 0)
    .map(({ users, difference }) => ({ users, visits: sign * difference }))
}
