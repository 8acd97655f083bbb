import { throughput } from '../../../../harness/checks/throughput.ts'
import { counter } from '../arm-story.ts'
import { type Contract, duringFault, failing, none, well } from './contract.ts'

export const throughputContract: Contract = {
  appliesEverywhere: true,
  rows: [
    {
      is: 'holds where the interval of the rate is above the bound',
      spec: throughput(counter, { atLeast: '14/s', ...duringFault }),
      arm: {},
      verdict: 'holds',
      role: 'protected',
      said: /^successes 20\/s \(95 % interval 15\.9\/s – 24\.9\/s, 80 visits\) against at least 14\/s$/,
      evidence: { n: 80, estimate: 20, unit: 'per second', threshold: 14, good: 'at least' },
    },
    {
      is: 'deviates where successes are few, however many came',
      spec: throughput(counter, { atLeast: '14/s', ...duringFault }),
      arm: { visits: [failing(2000, 6000)] },
      verdict: 'deviates',
      evidence: { n: 80, estimate: 0 },
      lookAt: [40, 41, 42, 43, 44].map((n) => `${counter} #${n} at +${(n / 20).toFixed(1)} s: timed-out`),
    },
    {
      is: 'is open where the bound lies in the interval',
      spec: throughput(counter, { atLeast: '18/s', ...duringFault }),
      arm: {},
      verdict: 'inconclusive',
      said: /about \d+ visits would decide/,
    },
    {
      is: 'is open where a rate above the bound comes in bursts',
      spec: throughput(counter, { atLeast: '80/s', ...duringFault }),
      arm: {
        visits: [2000, 3000, 4000, 5000].flatMap((from) => [
          well(from, from + 500, { everyMs: 5 }),
          failing(from + 500, from + 1000, { everyMs: 5 }),
        ]),
      },
      verdict: 'inconclusive',
      said: /^successes 100\/s .*800 visits, n_eff \d+\)/,
      evidence: { n: 800, estimate: 100 },
    },
    {
      is: 'never decides where the rate is the bound',
      spec: throughput(counter, { atLeast: '20/s', ...duringFault }),
      arm: {},
      verdict: 'inconclusive',
      said: /too near to tell with any number of visits/,
    },
    {
      is: 'is open where nothing was due in the window',
      spec: throughput(counter, { atLeast: '14/s', ...duringFault }),
      arm: none,
      verdict: 'inconclusive',
      evidence: { n: 0 },
    },
  ],
  refused: [
    [/perSecond must be a rate above 0/, throughput(counter, { atLeast: 0, ...duringFault })],
    [
      /perSecond must be a rate .* not "fast"/,
      throughput(counter, { atLeast: 'fast' as '1/s', ...duringFault }),
    ],
  ],
}
