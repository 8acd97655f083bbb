import { everyone } from '../../../../harness/checks/everyone.ts'
import { counter } from '../arm-story.ts'
import { type Contract, duringFault, failing, none, source, well } from './contract.ts'

export const everyoneContract: Contract = {
  appliesEverywhere: true,
  rows: [
    {
      is: 'holds where not one failed in all of the arm',
      spec: everyone(counter, { atLeast: 200, source }),
      arm: {},
      verdict: 'holds',
      role: 'protected',
      said: /^200 of 200 were served$/,
      evidence: { n: 200, estimate: 0, interval: [0, 0], threshold: 0, good: 'at most', unit: 'count' },
    },
    {
      is: 'deviates for one, and says who',
      spec: everyone(counter, { atLeast: 150, source }),
      arm: { visits: [well(0, 4000), failing(4000, 4050), well(4050, 10_000)] },
      verdict: 'deviates',
      said: /^1 of 200 were not served: 1 timed-out$/,
      evidence: { estimate: 1 },
      lookAt: [`${counter} #80 at +4.0 s: timed-out`],
    },
    {
      is: 'is open where too few came',
      spec: everyone(counter, { atLeast: 201, source }),
      arm: {},
      verdict: 'inconclusive',
      evidence: { n: 200, samplesToDecide: 201 },
    },
    {
      is: 'deviates for one even where too few came: one is enough',
      spec: everyone(counter, { atLeast: 500, source }),
      arm: { visits: [failing(4000, 4050)] },
      verdict: 'deviates',
    },
    {
      is: 'is open where nobody came',
      spec: everyone(counter, { atLeast: 1, source }),
      arm: none,
      verdict: 'inconclusive',
      evidence: { n: 0, estimate: null, interval: null },
    },
    {
      is: 'keeps to its window',
      spec: everyone(counter, { atLeast: 80, ...duringFault }),
      arm: { visits: [failing(0, 2000), well(2000, 6000), failing(6000, 7000)] },
      verdict: 'holds',
      evidence: { n: 80 },
    },
  ],
  refused: [
    [/atLeast must be a whole number, 1 or more/, everyone(counter, { atLeast: 0, source })],
    [/atLeast must be a whole number/, everyone(counter, { atLeast: 2.5, source })],
    [/journeys must be one name or more/, everyone([], { atLeast: 1, source })],
  ],
}
