/**
 * Every scenario runs three times on the same seed and the same arrivals: `control` (no fault, measures on) must hold,
 * `untreated` (fault, measures off) must deviate, `treated` (fault, measures on) must hold.
 */
export const arms = ['control', 'untreated', 'treated'] as const
export type Arm = (typeof arms)[number]

export function hasFaults(arm: Arm): boolean {
  return arm !== 'control'
}

export function hasMeasures(arm: Arm): boolean {
  return arm !== 'untreated'
}
