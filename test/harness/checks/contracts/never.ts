import { never } from '../../../../harness/checks/never.ts'
import { type Contract, none, sabotages, source } from './contract.ts'

export const neverContract: Contract = {
  appliesEverywhere: true,
  rows: [
    {
      is: 'holds where nobody was let in',
      spec: never('attacker', { outcome: 'let-in', atLeast: 20, source, sabotages }),
      arm: { visits: [{ journey: 'attacker', everyMs: 200, outcome: 'refused' }] },
      verdict: 'holds',
      role: 'guard',
      said: /^let-in was not seen in 50 visits/,
      evidence: { n: 50, estimate: 0, interval: [0, 0], unit: 'count' },
    },
    {
      is: 'deviates for one, in any act, and says who',
      spec: never('attacker', { outcome: ['let-in', 'data-shown'], atLeast: 20, source, sabotages }),
      arm: {
        arm: 'control',
        visits: [
          { journey: 'attacker', everyMs: 200, outcome: 'refused' },
          { journey: 'attacker', fromMs: 9000, toMs: 9200, everyMs: 200, outcome: 'data-shown', ok: false },
        ],
      },
      verdict: 'deviates',
      role: 'guard',
      said: /^seen in 1 of 51 visits: 1 data-shown$/,
      lookAt: ['attacker #45 at +9.0 s: data-shown'],
    },
    {
      is: 'holds where as many tried as it asks for',
      spec: never('attacker', { outcome: 'let-in', atLeast: 50, source, sabotages }),
      arm: { visits: [{ journey: 'attacker', everyMs: 200, outcome: 'refused' }] },
      verdict: 'holds',
    },
    {
      is: 'deviates for one even where few tried: one is enough',
      spec: never('attacker', { outcome: 'let-in', atLeast: 50, source, sabotages }),
      arm: { visits: [{ journey: 'attacker', everyMs: 5000, outcome: 'let-in' }] },
      verdict: 'deviates',
      evidence: { n: 2, estimate: 2 },
    },
    {
      is: 'is open where few tried',
      spec: never('attacker', { outcome: 'let-in', atLeast: 51, source, sabotages }),
      arm: { visits: [{ journey: 'attacker', everyMs: 200, outcome: 'refused' }] },
      verdict: 'inconclusive',
      said: /at least 51 visits are needed/,
      evidence: { n: 50 },
    },
    {
      is: 'counts what became of them where it asks for that',
      spec: never('attacker', { outcome: 'let-in', atLeast: { 'wrong-code': 50 }, source, sabotages }),
      arm: { visits: [{ journey: 'attacker', everyMs: 200, outcome: 'wrong-code' }] },
      verdict: 'holds',
    },
    {
      is: 'is open where too few of a kind tried',
      spec: never('attacker', {
        outcome: 'let-in',
        atLeast: { 'wrong-code': 1, replayed: 3 },
        source,
        sabotages,
      }),
      arm: { visits: [{ journey: 'attacker', everyMs: 200, outcome: 'wrong-code' }] },
      verdict: 'inconclusive',
      said: /too few: 0 replayed, at least 3 are needed/,
    },
    {
      is: 'is open where nobody tried',
      spec: never('attacker', { outcome: 'let-in', atLeast: 1, source, sabotages }),
      arm: none,
      verdict: 'inconclusive',
      evidence: { n: 0 },
    },
  ],
  refused: [
    [/atLeast/, never('attacker', { outcome: 'let-in', atLeast: 0, source, sabotages })],
    [/outcomes must be one name or more/, never('attacker', { outcome: [], atLeast: 1, source, sabotages })],
    [/sabotages must name/, never('attacker', { outcome: 'let-in', atLeast: 1, source, sabotages: [] })],
  ],
}
