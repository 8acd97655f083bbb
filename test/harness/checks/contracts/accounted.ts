import { accounted } from '../../../../harness/checks/accounted.ts'
import { counter } from '../arm-story.ts'
import { type Contract, measure, named, receipts, sabotages, source, well } from './contract.ts'

export const accountedContract: Contract = {
  rows: [
    {
      is: 'holds where the ledger knows of all that was taken home, and of one more',
      spec: accounted(counter, { outcome: 'receipt', by: receipts, source, sabotages }),
      arm: {
        visits: [well(0, 2000), well(2000, 4000, { outcome: 'receipt' })],
        invariants: [{ name: receipts, checked: 41 }],
      },
      verdict: 'holds',
      role: 'guard',
      said: /^users took home 40 \(receipt\), the ledger has 41$/,
      evidence: { n: 40, estimate: 0 },
    },
    {
      is: 'deviates for one that the ledger does not know of',
      spec: accounted(counter, { outcome: ['receipt', 'certificate'], by: receipts, source, sabotages }),
      arm: {
        visits: [well(0, 2000), well(2000, 4000, { outcome: 'receipt' })],
        invariants: [{ name: receipts, checked: 79 }],
      },
      verdict: 'deviates',
      said: /^1 lost: users took home 80/,
      evidence: { n: 80, estimate: 1 },
    },
    {
      is: 'looks up by name, so that one record too many does not hide one that is lost',
      spec: accounted(counter, { outcome: 'receipt', by: receipts, source, sabotages }),
      arm: {
        visits: [well(0, 2000, { outcome: 'receipt', took: 'jongno' })],
        invariants: [
          {
            name: receipts,
            checked: 41,
            ids: [...named('jongno', 40).slice(1), 'jongno/left-early', 'jongno/too'],
          },
        ],
      },
      verdict: 'deviates',
      said: /^1 lost: users took home 40 \(receipt\), the ledger has 41$/,
      evidence: { n: 40, estimate: 1 },
    },
    {
      is: 'holds where each is found by its name',
      spec: accounted(counter, { outcome: 'receipt', by: receipts, source, sabotages }),
      arm: {
        visits: [well(0, 2000, { outcome: 'receipt', took: 'jongno' })],
        invariants: [{ name: receipts, checked: 40, ids: named('jongno', 40) }],
      },
      verdict: 'holds',
      evidence: { n: 40, estimate: 0 },
    },
    {
      is: 'is open where visits do not say what they took',
      spec: accounted(counter, { outcome: 'receipt', by: receipts, source, sabotages }),
      arm: {
        visits: [well(0, 2000, { outcome: 'receipt' })],
        invariants: [{ name: receipts, checked: 40, ids: named('jongno', 40) }],
      },
      verdict: 'inconclusive',
      said: /^40 of 40 visits do not say what they took home/,
    },
    {
      is: 'has nothing to say where nobody took anything, and need not',
      spec: accounted(counter, {
        outcome: 'receipt',
        by: receipts,
        minimumWhere: { fault: true, measure },
        source,
        sabotages,
      }),
      arm: {
        arm: 'untreated',
        visits: [well(0, 2000)],
        invariants: [{ name: receipts, checked: 0, ids: [] }],
      },
      verdict: 'not-applicable',
      said: /^there was nothing to look at/,
    },
    {
      is: 'is open where too few took anything home',
      spec: accounted(counter, { outcome: 'receipt', by: receipts, atLeast: 3, source, sabotages }),
      arm: { visits: [well(0, 2000)], invariants: [{ name: receipts, checked: 0 }] },
      verdict: 'inconclusive',
      said: /at least 3 visits that took it home are needed/,
    },
    {
      is: 'is open where the ledger was not read',
      spec: accounted(counter, { outcome: 'receipt', by: receipts, source, sabotages }),
      arm: {},
      verdict: 'inconclusive',
      evidence: { n: 0, estimate: null },
    },
  ],
  refused: [
    [/invariant must be a name/, accounted(counter, { outcome: 'receipt', by: '', source, sabotages })],
    [
      /outcomes must be one name or more/,
      accounted(counter, { outcome: [], by: receipts, source, sabotages }),
    ],
    [/sabotages must name/, accounted(counter, { outcome: 'receipt', by: receipts, source, sabotages: [] })],
  ],
}
