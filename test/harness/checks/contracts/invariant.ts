import { invariant } from '../../../../harness/checks/invariant.ts'
import { type Contract, measure, receipts, sabotages, source } from './contract.ts'

export const invariantContract: Contract = {
  rows: [
    {
      is: 'holds where no record breaks it',
      spec: invariant(receipts, { atLeast: 30, source, sabotages }),
      arm: { invariants: [{ name: receipts, checked: 37, said: '37 receipts written, 37 entered' }] },
      verdict: 'holds',
      role: 'guard',
      said: /^37 records checked, none breaks it: 37 receipts written, 37 entered$/,
      evidence: { n: 37, estimate: 0, interval: [0, 0], threshold: 0, unit: 'count', good: 'at most' },
    },
    {
      is: 'says of no record at all that there was none',
      spec: invariant(receipts, { source, sabotages }),
      arm: { invariants: [{ name: receipts, checked: 0, said: '0 receipts written' }] },
      verdict: 'inconclusive',
      role: 'guard',
      said: /^no record to check: 0 receipts written/,
      evidence: { n: 0, samplesToDecide: 1 },
    },
    {
      is: 'deviates for one, with its example',
      spec: invariant(receipts, { atLeast: 30, source, sabotages }),
      arm: {
        invariants: [{ name: receipts, checked: 37, violations: 1, examples: ['receipt 12 was lost'] }],
      },
      verdict: 'deviates',
      said: /^1 of 37 records breaks it/,
      evidence: { n: 37, estimate: 1 },
      lookAt: ['receipt 12 was lost'],
    },
    {
      is: 'is open where few records came about',
      spec: invariant(receipts, { atLeast: 30, source, sabotages }),
      arm: { invariants: [{ name: receipts, checked: 29 }] },
      verdict: 'inconclusive',
      evidence: { n: 29, samplesToDecide: 30 },
    },
    {
      is: 'is open where it was not read',
      spec: invariant(receipts, { source, sabotages }),
      arm: { invariants: [{ name: 'another' }] },
      verdict: 'inconclusive',
      said: /it was not read/,
      evidence: { n: 0, estimate: null, interval: null },
    },
    {
      is: 'says nothing of no records where they are not owed',
      spec: invariant(receipts, { atLeast: 30, source, sabotages, minimumWhere: { fault: true, measure } }),
      arm: { arm: 'untreated', invariants: [{ name: receipts, checked: 0 }] },
      verdict: 'not-applicable',
      said: /^there was nothing to look at: /,
    },
    {
      is: 'asks for records where they are owed',
      spec: invariant(receipts, { atLeast: 30, source, sabotages, minimumWhere: { fault: true, measure } }),
      arm: { invariants: [{ name: receipts, checked: 0 }] },
      verdict: 'inconclusive',
      said: /at least 30 records are needed/,
      evidence: { n: 0 },
    },
    {
      is: 'is a mechanism where it tells what a measure does, and does not apply without it',
      spec: invariant(receipts, { atLeast: 30, source, measure }),
      arm: { arm: 'untreated', invariants: [{ name: receipts, checked: 0 }] },
      verdict: 'not-applicable',
      role: 'mechanism',
    },
  ],
  refused: [
    [/atLeast must be a whole number/, invariant(receipts, { atLeast: 0, source, sabotages })],
    [/invariant must be a name/, invariant(' ', { source, sabotages, title: 'nameless' })],
    [/sabotages must name/, invariant(receipts, { source, sabotages: [] })],
  ],
}
