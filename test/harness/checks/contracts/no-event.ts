import { noEvent } from '../../../../harness/checks/no-event.ts'
import { type Contract, measure, sabotages, source } from './contract.ts'

export const noEventContract: Contract = {
  rows: [
    {
      is: 'holds where nothing happens without a fault',
      spec: noEvent('fallback.opened', { measure, source }),
      arm: { arm: 'control' },
      verdict: 'holds',
      role: 'mechanism',
      said: /^no fallback\.opened in the whole arm$/,
      evidence: { estimate: 0, unit: 'count', threshold: 0 },
    },
    {
      is: 'deviates where it happens',
      spec: noEvent('fallback.opened', { source, sabotages }),
      arm: { arm: 'control', system: [{ event: 'fallback.opened', ms: 4200 }] },
      verdict: 'deviates',
      role: 'guard',
      lookAt: ['saeol at +4.2 s: fallback.opened'],
    },
    {
      is: 'is open where the arm was not watched to its end',
      spec: noEvent('fallback.opened', { measure, source }),
      arm: { arm: 'control', acts: 0 },
      verdict: 'inconclusive',
      evidence: { n: 0 },
    },
    {
      is: 'does not apply where there is a fault to answer',
      spec: noEvent('fallback.opened', { measure, source }),
      arm: { system: [{ event: 'fallback.opened', ms: 4200 }] },
      verdict: 'not-applicable',
    },
    {
      is: 'with a window speaks of every arm, and of what falls into it',
      spec: noEvent('fallback.opened', { measure, source, during: 'recovery' }),
      arm: { system: [{ event: 'fallback.opened', ms: 7000 }] },
      verdict: 'deviates',
      said: /1 × during recovery$/,
    },
    {
      is: 'with a window does not mind what lies outside it',
      spec: noEvent('fallback.opened', { measure, source, during: 'recovery', after: '2s' }),
      arm: { system: [{ event: 'fallback.opened', ms: 7000 }] },
      verdict: 'holds',
      said: /^no fallback\.opened during recovery, from 2 s$/,
    },
  ],
  refused: [
    [/event must be a name/, noEvent('', { measure, source })],
    [/sabotages must name at least one/, noEvent('x', { source, sabotages: [] })],
  ],
}
