import { between } from '../../../../harness/checks/between.ts'
import { type Contract, measure, sabotages, source } from './contract.ts'

const tested = { event: 'segments.passed', ms: 3000 }
const declared = { event: 'normal.declared', ms: 4000 }
const check = between('segments.passed', 'normal.declared', { source, sabotages })

export const betweenContract: Contract = {
  rows: [
    {
      is: 'holds where the one came before the other',
      spec: check,
      arm: { system: [tested, declared] },
      verdict: 'holds',
      role: 'guard',
      said: /^normal\.declared came 1 ×, each after segments\.passed$/,
      evidence: { n: 1, estimate: 0, threshold: 0, unit: 'count' },
    },
    {
      is: 'deviates where the other came first',
      spec: check,
      arm: { system: [declared, { ...tested, ms: 4500 }] },
      verdict: 'deviates',
      said: /^normal\.declared came 1 × before segments\.passed: at \+4\.0 s$/,
    },
    {
      is: 'deviates where it came again and the one did not',
      spec: between('segments.passed', 'normal.declared', { source, measure }),
      arm: { system: [tested, declared, { ...declared, ms: 5000 }] },
      verdict: 'deviates',
      role: 'mechanism',
      said: /1 × before/,
    },
    {
      is: 'does not count what came before the fault',
      spec: check,
      arm: { system: [{ ...tested, ms: 1000 }, declared] },
      verdict: 'deviates',
    },
    {
      is: 'knows an action by its id',
      spec: between('segments.passed', 'replace router', { source, sabotages }),
      arm: { system: [tested], actions: [{ action: 'replace router', ms: 3500 }] },
      verdict: 'holds',
      evidence: { n: 1 },
    },
    {
      is: 'has seen too little where it never came',
      spec: check,
      arm: { system: [tested] },
      verdict: 'inconclusive',
      said: /at least 1 are needed/,
      evidence: { n: 0 },
    },
    {
      is: 'does not apply without a fault',
      spec: check,
      arm: { arm: 'control', system: [declared] },
      verdict: 'not-applicable',
    },
  ],
  refused: [
    [/first must be a name/, between('', 'x', { source, measure })],
    [/sabotages must name at least one/, between('x', 'y', { source, sabotages: [] })],
    [/atLeast must be a whole number/, between('x', 'y', { source, measure, atLeast: 0 })],
  ],
}
