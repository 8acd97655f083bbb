import { latency } from '../../../../harness/checks/latency.ts'
import { counter } from '../arm-story.ts'
import { type Contract, duringFault, failing, none, well } from './contract.ts'

export const latencyContract: Contract = {
  appliesEverywhere: true,
  rows: [
    {
      is: 'holds where the upper end of the quantile is within the bound',
      spec: latency(counter, { quantile: 0.95, below: '800ms', ...duringFault }),
      arm: {},
      verdict: 'holds',
      role: 'protected',
      said: /^p95 100 ms \(95 % interval 100 ms – 100 ms, 80 visits\) against at most 800 ms$/,
      evidence: { n: 80, estimate: 100, interval: [100, 100], unit: 'ms', threshold: 800, good: 'at most' },
    },
    {
      is: 'deviates where the lower end is beyond it, and names the late ones',
      spec: latency(counter, { quantile: 0.95, below: '800ms', ...duringFault }),
      arm: { visits: [well(2000, 4500), well(4500, 6000, { tookMs: 2400 })] },
      verdict: 'deviates',
      evidence: { estimate: 2400, interval: [2400, 2400] },
      lookAt: [
        `${counter} #90 at +4.5 s: certificate after 2.4 s`,
        `${counter} #91 at +4.5 s: certificate after 2.4 s`,
        `${counter} #92 at +4.6 s: certificate after 2.4 s`,
        `${counter} #93 at +4.7 s: certificate after 2.4 s`,
        `${counter} #94 at +4.7 s: certificate after 2.4 s`,
      ],
    },
    {
      is: 'counts a visit that failed fast as infinitely late',
      spec: latency(counter, { quantile: 0.95, below: '800ms', ...duringFault }),
      arm: { visits: [well(2000, 4500), failing(4500, 6000, { tookMs: 1 })] },
      verdict: 'deviates',
      said: /^p95 never \(\d+ visits/,
      evidence: { estimate: null, interval: [null, null] },
    },
    {
      is: 'is open where the sample cannot bound the quantile',
      spec: latency(counter, { quantile: 0.95, below: '800ms', ...duringFault }),
      arm: { visits: [well(2000, 6000, { everyMs: 100 })] },
      verdict: 'inconclusive',
      said: /40 visits.*about 72 visits would decide/,
      evidence: {
        n: 40,
        estimate: 100,
        interval: [100, null],
        smallestDetectable: null,
        samplesToDecide: 72,
      },
    },
    {
      is: 'is open where nothing was due in the window',
      spec: latency(counter, { quantile: 0.95, below: '800ms', ...duringFault }),
      arm: none,
      verdict: 'inconclusive',
      evidence: { n: 0, samplesToDecide: 72 },
    },
    {
      is: 'is open where the 4 % that are late come in bursts',
      spec: latency(counter, { quantile: 0.9, below: '800ms', ...duringFault }),
      arm: {
        visits: [2000, 3000, 4000, 5000].flatMap((from) => [
          well(from, from + 960, { everyMs: 5 }),
          well(from + 960, from + 1000, { everyMs: 5, tookMs: 2400 }),
        ]),
      },
      verdict: 'inconclusive',
      said: /800 visits, n_eff \d+\)/,
      evidence: { n: 800, estimate: 100 },
    },
    {
      is: 'judges a step alone',
      spec: latency(counter, { quantile: 0.9, below: '300ms', step: 'login', ...duringFault }),
      arm: { visits: [well(2000, 6000, { tookMs: 900, steps: { login: 200 } })] },
      verdict: 'holds',
      evidence: { estimate: 200 },
    },
    {
      is: 'does not call a login fast whose visit failed',
      spec: latency(counter, { quantile: 0.9, below: '300ms', step: 'login', ...duringFault }),
      arm: { visits: [failing(2000, 6000, { steps: { login: 200 } })] },
      verdict: 'deviates',
      evidence: { estimate: null },
    },
    {
      is: 'counts those who failed before they came to the step',
      spec: latency(counter, { quantile: 0.9, below: '300ms', step: 'login', ...duringFault }),
      arm: { visits: [well(2000, 4000, { steps: { login: 200 } }), failing(4000, 6000)] },
      verdict: 'deviates',
      evidence: { n: 80, estimate: null },
    },
    {
      is: 'leaves out those who succeeded without the step',
      spec: latency(counter, { quantile: 0.9, below: '300ms', step: 'login', ...duringFault }),
      arm: { visits: [well(2000, 5000, { steps: { login: 200 } }), well(5000, 6000)] },
      verdict: 'holds',
      evidence: { n: 60, estimate: 200 },
    },
    {
      is: 'has nothing to say of a step that no visit took',
      spec: latency(counter, { quantile: 0.9, below: '300ms', step: 'sign-in', ...duringFault }),
      arm: { visits: [well(2000, 6000, { steps: { login: 200 } })] },
      verdict: 'inconclusive',
      said: /no visit took the step 'sign-in'/,
    },
  ],
  refused: [
    [/quantile must be a share/, latency(counter, { quantile: 95, below: '1s', ...duringFault })],
    [/quantile must be a share/, latency(counter, { quantile: 0, below: '1s', ...duringFault })],
    [/belowMs must be a duration above 0/, latency(counter, { quantile: 0.9, below: 0, ...duringFault })],
    [
      /belowMs must be a duration above 0/,
      latency(counter, { quantile: 0.9, below: '1h' as '1s', ...duringFault }),
    ],
    [/step must be a name/, latency(counter, { quantile: 0.9, below: '1s', step: '', ...duringFault })],
  ],
}
