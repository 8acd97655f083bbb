/** What every arm goes through, in this order. */
export type PhaseName = 'baseline' | 'fault' | 'recovery'
export const phaseNames: readonly PhaseName[] = ['baseline', 'fault', 'recovery']
