import { timeTo } from '../../../../harness/checks/time-to.ts'
import { type Contract, measure, sabotages, source } from './contract.ts'

export const timeToContract: Contract = {
  rows: [
    {
      is: 'holds where the event comes in time',
      spec: timeTo('fallback.opened', { within: '2s', of: 'injected', source, measure }),
      arm: { system: [{ event: 'fallback.opened', ms: 3400 }] },
      verdict: 'holds',
      role: 'mechanism',
      said: /^fallback\.opened 1\.4 s after the fault was injected \(at most 2 s allowed\)$/,
      evidence: {
        n: 1,
        estimate: 1400,
        interval: [1400, 1400],
        unit: 'ms',
        threshold: 2000,
        good: 'at most',
      },
    },
    {
      is: 'holds at the bound itself',
      spec: timeTo('fallback.opened', { within: '2s', of: 'injected', source, measure }),
      arm: { system: [{ event: 'fallback.opened', ms: 4000 }] },
      verdict: 'holds',
      evidence: { estimate: 2000 },
    },
    {
      is: 'deviates where it comes late',
      spec: timeTo('fallback.opened', { within: '2s', of: 'injected', source, measure }),
      arm: { system: [{ event: 'fallback.opened', ms: 4100 }] },
      verdict: 'deviates',
      evidence: { estimate: 2100 },
    },
    {
      is: 'deviates where it never comes',
      spec: timeTo('fallback.opened', { within: '2s', of: 'injected', source, measure }),
      arm: {},
      verdict: 'deviates',
      said: /never came in the 8 s after the fault was injected/,
      evidence: { estimate: null, interval: [8000, null] },
    },
    {
      is: 'does not take an event from before the fault for an answer to it',
      spec: timeTo('fallback.opened', { within: '2s', of: 'injected', source, measure }),
      arm: { system: [{ event: 'fallback.opened', ms: 1200 }] },
      verdict: 'deviates',
      said: /it came before, at \+1\.2 s/,
    },
    {
      is: 'counts from the last fault reverted',
      spec: timeTo('fallback.closed', { within: '2s', of: 'reverted', source, measure }),
      arm: {
        system: [
          { event: 'fallback.closed', ms: 5000 },
          { event: 'fallback.closed', ms: 7000 },
        ],
      },
      verdict: 'holds',
      evidence: { estimate: 1000 },
    },
    {
      is: 'is open where the watch was shorter than the bound',
      spec: timeTo('fallback.closed', { within: '6s', of: 'reverted', source, measure }),
      arm: {},
      verdict: 'inconclusive',
      said: /a longer watch would decide/,
      evidence: { interval: [4000, null] },
    },
    {
      is: 'is open where no fault was injected though it should have been',
      spec: timeTo('fallback.opened', { within: '2s', of: 'injected', source, measure }),
      arm: { injectedMs: null, revertedMs: null },
      verdict: 'inconclusive',
      said: /no fault was seen injected/,
      evidence: { n: 0 },
    },
    {
      is: 'is a guard where it is said to be one: with the measures and without them',
      spec: timeTo('alarm.raised', { within: '2s', of: 'injected', source, sabotages }),
      arm: { arm: 'untreated' },
      verdict: 'deviates',
      role: 'guard',
      said: /alarm\.raised never came/,
    },
    {
      is: 'does not apply to a revert where there is no fault',
      spec: timeTo('fallback.closed', { within: '2s', of: 'reverted', source, measure }),
      arm: { arm: 'control', system: [{ event: 'fallback.closed', ms: 4200 }] },
      verdict: 'not-applicable',
    },
    {
      is: 'counts from the fault that is named',
      spec: timeTo('fallback.opened', {
        within: '2s',
        of: 'injected',
        fault: 'stall saeol→l4',
        source,
        measure,
      }),
      arm: { system: [{ event: 'fallback.opened', ms: 3500 }] },
      verdict: 'holds',
      said: /1\.5 s after the fault was injected/,
    },
    {
      is: 'has seen nothing where the fault that is named was not on',
      spec: timeTo('fallback.opened', {
        within: '2s',
        of: 'injected',
        fault: 'stall elsewhere',
        source,
        measure,
      }),
      arm: { system: [{ event: 'fallback.opened', ms: 3500 }] },
      verdict: 'inconclusive',
      said: /no fault was seen injected/,
    },
  ],
  refused: [
    [/withinMs must be a duration above 0/, timeTo('x', { within: 0, of: 'injected', source, measure })],
    [/event must be a name/, timeTo('', { within: '1s', of: 'injected', source, measure })],
    [
      /sabotages must name at least one/,
      timeTo('x', { within: '1s', of: 'injected', source, sabotages: [] }),
    ],
    [
      /of must be 'injected' or 'reverted'/,
      timeTo('x', { within: '1s', of: 'ended' as 'injected', source, measure }),
    ],
  ],
}
