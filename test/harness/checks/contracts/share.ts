import { share } from '../../../../harness/checks/share.ts'
import { counter, notices, wellThroughout } from '../arm-story.ts'
import { type Contract, duringFault, failing, measure } from './contract.ts'

export const shareContract: Contract = {
  rows: [
    {
      is: 'holds where those shed are almost all notices',
      spec: share({
        measure,
        of: 'shed',
        journeys: notices,
        among: [notices, counter],
        atLeast: 0.9,
        ...duringFault,
      }),
      arm: { visits: [wellThroughout, failing(2000, 6000, { journey: notices, outcome: 'shed' })] },
      verdict: 'holds',
      role: 'mechanism',
      said: /^share of official-reads-notices 100 % .*80 visits that were shed\) against at least 90 %$/,
      evidence: { n: 80, estimate: 1, unit: 'share' },
    },
    {
      is: 'deviates where certificates are shed as much, and names them',
      spec: share({
        measure,
        of: 'shed',
        journeys: notices,
        among: [notices, counter],
        atLeast: 0.9,
        ...duringFault,
      }),
      arm: {
        visits: [
          failing(2000, 2100, { outcome: 'shed' }),
          failing(2100, 6000, { outcome: 'shed' }),
          failing(2000, 6000, { journey: notices, outcome: 'shed' }),
        ],
      },
      verdict: 'deviates',
      evidence: { n: 160, estimate: 0.5, effective: 160 },
      lookAt: [40, 41, 42, 43, 44].map((n) => `${counter} #${n} at +${(n / 20).toFixed(1)} s: shed`),
    },
    {
      is: 'is open where few were shed',
      spec: share({
        measure,
        of: 'shed',
        journeys: notices,
        among: [notices, counter],
        atLeast: 0.9,
        ...duringFault,
      }),
      arm: { visits: [wellThroughout, failing(2000, 3000, { journey: notices, outcome: 'shed' })] },
      verdict: 'inconclusive',
      evidence: { n: 20, samplesToDecide: 35 },
    },
    {
      is: 'is open with measures where nothing was shed',
      spec: share({
        measure,
        of: 'shed',
        journeys: notices,
        among: [notices, counter],
        atLeast: 0.9,
        ...duringFault,
      }),
      arm: { visits: [failing(2000, 6000)] },
      verdict: 'inconclusive',
      said: /none of 80 visits was shed during fault/,
    },
    {
      is: 'is open where nothing was due in the window',
      spec: share({
        measure,
        of: 'shed',
        journeys: notices,
        among: [notices, counter],
        atLeast: 0.9,
        ...duringFault,
      }),
      arm: { visits: [] },
      verdict: 'inconclusive',
      evidence: { n: 0 },
    },
    {
      is: 'does not apply where its measure is off',
      spec: share({
        measure,
        of: 'shed',
        journeys: notices,
        among: [notices, counter],
        atLeast: 0.9,
        ...duringFault,
      }),
      arm: { arm: 'untreated' },
      verdict: 'not-applicable',
      said: /password-fallback is off in this arm/,
    },
    {
      is: 'does not apply where there is no fault',
      spec: share({
        measure,
        of: 'shed',
        journeys: notices,
        among: [notices, counter],
        atLeast: 0.9,
        ...duringFault,
      }),
      arm: { arm: 'control' },
      verdict: 'not-applicable',
    },
  ],
  refused: [
    [
      /atLeast must be a share above 0 and below 1/,
      share({
        measure,
        of: 'shed',
        journeys: notices,
        among: [notices, counter],
        atLeast: 1,
        ...duringFault,
      }),
    ],
    [
      /among must include every one of journeys/,
      share({ measure, of: 'shed', journeys: notices, among: [counter], atLeast: 0.9, ...duringFault }),
    ],
    [
      /the share is always 1/,
      share({ measure, of: 'shed', journeys: notices, among: [notices], atLeast: 0.9, ...duringFault }),
    ],
    [
      /of must be a name/,
      share({
        measure,
        of: '',
        journeys: notices,
        among: [notices, counter],
        atLeast: 0.9,
        ...duringFault,
      }),
    ],
  ],
}
