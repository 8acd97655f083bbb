import { describe, expect, it } from 'vitest'
import { accounted } from '../../../harness/checks/accounted.ts'
import { everyone } from '../../../harness/checks/everyone.ts'
import { checkKind, checkKinds } from '../../../harness/checks/index.ts'
import { invariant } from '../../../harness/checks/invariant.ts'
import { latency } from '../../../harness/checks/latency.ts'
import { never } from '../../../harness/checks/never.ts'
import { noEvent } from '../../../harness/checks/no-event.ts'
import { recovery } from '../../../harness/checks/recovery.ts'
import { share } from '../../../harness/checks/share.ts'
import { successRate } from '../../../harness/checks/success-rate.ts'
import { throughput } from '../../../harness/checks/throughput.ts'
import { timeTo } from '../../../harness/checks/time-to.ts'
import { judgeCheck } from '../../../harness/judging/judge-check.ts'
import type { CheckRole, CheckSpec, CheckVerdict, Evidence } from '../../../harness/model/check.ts'
import type { Journey } from '../../../harness/model/journey.ts'
import {
  type ArmStory,
  armEndMs,
  counter,
  faultFromMs,
  faultToMs,
  notices,
  planOf,
  recordOf,
  type Visits,
  wellThroughout,
} from './journals.ts'

const source = '† ours'
const sabotages = ['loses every tenth receipt']
const measure = 'password-fallback'

/** Names of as many records: those that visits with this `took` leave with. */
function named(took: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => `${took}/${n}`)
}

/** A row: a check, an arm's story, and what the one says of the other. */
interface Row {
  readonly is: string
  readonly spec: CheckSpec
  readonly arm: ArmStory & { readonly faultsOn?: false }
  readonly verdict: CheckVerdict
  readonly role?: CheckRole
  readonly said?: RegExp
  readonly evidence?: Partial<Evidence>
  readonly lookAt?: readonly string[]
}

interface Contract {
  readonly rows: readonly Row[]
  /** Specs that a plan must refuse, and the word that says why. */
  readonly refused: readonly (readonly [why: RegExp, spec: CheckSpec])[]
  /** A kind that applies to every arm has no row that says it does not. */
  readonly appliesEverywhere?: true
}

const failing = (from: number, to: number, more: Partial<Visits> = {}): Visits => ({
  journey: counter,
  fromMs: from,
  toMs: to,
  ok: false,
  ...more,
})
const well = (from: number, to: number, more: Partial<Visits> = {}): Visits => ({
  journey: counter,
  fromMs: from,
  toMs: to,
  ...more,
})
/** 800 visits of the fault, 16 of which fail: one of fifty each, or four in a row each second. */
const apart: readonly Visits[] = Array.from({ length: 16 }, (_, i) => 2000 + 250 * i).flatMap((from) => [
  well(from, from + 245, { everyMs: 5 }),
  failing(from + 245, from + 250, { everyMs: 5 }),
])
const inBursts: readonly Visits[] = [2000, 3000, 4000, 5000].flatMap((from) => [
  well(from, from + 600, { everyMs: 5 }),
  failing(from + 600, from + 620, { everyMs: 5 }),
  well(from + 620, from + 1000, { everyMs: 5 }),
])
/** The same, but between two visits that fail there are always others in the journal. */
const inBurstsMixed: readonly Visits[] = Array.from({ length: 16 }, (_, i) => {
  const burst = 2000 + 1000 * Math.floor(i / 4)
  const failed = burst + 600 + 5 * (i % 4)
  const [from, to] = [
    [burst, burst + 300],
    [burst + 300, burst + 600],
    [burst + 620, burst + 800],
    [burst + 800, burst + 1000],
  ][i % 4] as [number, number]
  return [well(from, to, { everyMs: 5 }), failing(failed, failed + 5, { everyMs: 5 })]
}).flat()
const duringFault = { during: 'fault', source } as const
const none: ArmStory = { visits: [] }
const receipts = 'every receipt was entered'

const contracts: Record<string, Contract> = {
  'success-rate': {
    appliesEverywhere: true,
    rows: [
      {
        is: 'holds where all 80 of a window succeed',
        spec: successRate(counter, { atLeast: 0.95, ...duringFault }),
        arm: {},
        verdict: 'holds',
        role: 'protected',
        said: /^success 100 % \(95 % interval 95\.4 % – 100 %, 80 visits\) against at least 95 %$/,
        evidence: { n: 80, estimate: 1, unit: 'share', threshold: 0.95, good: 'at least' },
      },
      {
        is: 'deviates where none does, and names the first that did not',
        spec: successRate(counter, { atLeast: 0.95, ...duringFault }),
        arm: { visits: [well(0, 2000), failing(2000, 6000), well(6000, 10_000)] },
        verdict: 'deviates',
        evidence: { n: 80, estimate: 0 },
        lookAt: [
          `${counter} #40 at +2.0 s: timed-out`,
          `${counter} #41 at +2.0 s: timed-out`,
          `${counter} #42 at +2.1 s: timed-out`,
          `${counter} #43 at +2.1 s: timed-out`,
          `${counter} #44 at +2.2 s: timed-out`,
        ],
      },
      {
        is: 'is open where the sample is small, and says how many would decide',
        spec: successRate(counter, { atLeast: 0.95, ...duringFault }),
        arm: { visits: [well(2000, 6000, { everyMs: 100 })] },
        verdict: 'inconclusive',
        said: /40 visits.*about 73 visits would decide/,
        evidence: { n: 40, samplesToDecide: 73 },
      },
      {
        is: 'holds where 16 of 800 fail one by one',
        spec: successRate(counter, { atLeast: 0.95, ...duringFault }),
        arm: { visits: apart },
        verdict: 'holds',
        said: /800 visits\)/,
        evidence: { n: 800, effective: 800, estimate: 0.98 },
      },
      {
        is: 'is open where the same 16 fail in four bursts: they tell less',
        spec: successRate(counter, { atLeast: 0.95, ...duringFault }),
        arm: { visits: inBursts },
        verdict: 'inconclusive',
        said: /800 visits, n_eff \d\d\) .*about \d{4} visits would decide/,
        evidence: { n: 800, estimate: 0.98 },
      },
      {
        is: 'reads visits in the order they were due, not in which they ended',
        spec: successRate(counter, { atLeast: 0.95, ...duringFault }),
        arm: { visits: inBurstsMixed },
        verdict: 'inconclusive',
        evidence: { n: 800, estimate: 0.98 },
      },
      {
        is: 'is open where nothing was due in the window',
        spec: successRate(counter, { atLeast: 0.95, ...duringFault }),
        arm: none,
        verdict: 'inconclusive',
        said: /no visit was due during fault/,
        evidence: { n: 0, estimate: null, interval: null },
      },
      {
        is: 'is open where the arm did not come to the act',
        spec: successRate(counter, { atLeast: 0.95, during: 'recovery', source }),
        arm: { acts: 1 },
        verdict: 'inconclusive',
        evidence: { n: 0 },
      },
      {
        is: 'counts several journeys as one',
        spec: successRate([counter, notices], { atLeast: 0.95, ...duringFault }),
        arm: { visits: [well(2000, 6000), { journey: notices, fromMs: 2000, toMs: 6000, ok: false }] },
        verdict: 'deviates',
        evidence: { n: 160, estimate: 0.5 },
      },
      {
        is: 'sets in late, where the scenario says so',
        spec: successRate(counter, { atLeast: 0.9, after: '1s', untilEnd: '1s', ...duringFault }),
        arm: { visits: [failing(2000, 3000), well(3000, 5000), failing(5000, 6000)] },
        verdict: 'holds',
        evidence: { n: 40, estimate: 1 },
      },
      {
        is: 'counts a journey once that is named twice',
        spec: successRate([counter, counter], { atLeast: 0.9, ...duringFault }),
        arm: {},
        verdict: 'holds',
        evidence: { n: 80 },
      },
      {
        is: 'spans acts',
        spec: successRate(counter, { atLeast: 0.95, during: ['fault', 'recovery'], source }),
        arm: {},
        verdict: 'holds',
        evidence: { n: 160 },
      },
    ],
    refused: [
      [/atLeast must be a share above 0 and below 1/, successRate(counter, { atLeast: 1, ...duringFault })],
      [/atLeast must be a share .* not 95/, successRate(counter, { atLeast: 95, ...duringFault })],
      [/journeys must be one name or more/, successRate([], { atLeast: 0.9, ...duringFault })],
      [
        /window.during must be the name of an act/,
        successRate(counter, { atLeast: 0.9, during: '', source }),
      ],
      [
        /window.afterMs must be a duration such as 250ms, 8s or 2m, not "soon"/,
        successRate(counter, { atLeast: 0.9, after: 'soon' as '1s', ...duringFault }),
      ],
      [/source must say/, successRate(counter, { atLeast: 0.9, during: 'fault', source: ' ' })],
      [/title must not be empty/, successRate(counter, { atLeast: 0.9, title: '', ...duringFault })],
    ],
  },

  latency: {
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
  },

  throughput: {
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
  },

  recovery: {
    rows: [
      {
        is: 'holds at once where no bucket after the revert is bad',
        spec: recovery(counter, { within: '2s', source }),
        arm: { visits: [failing(2000, 6000), well(6000, 10_000)] },
        verdict: 'holds',
        role: 'protected',
        said: /^recovered at once \(at most 2 s allowed; 80 visits in the 4 s watched\)$/,
        evidence: { n: 80, estimate: 0, interval: [0, 0], threshold: 2000, unit: 'ms', good: 'at most' },
      },
      {
        is: 'holds where the last bad bucket ends within the bound',
        spec: recovery(counter, { within: '2s', source }),
        arm: { visits: [failing(2000, 7600), well(7600, 10_000)] },
        verdict: 'holds',
        evidence: { estimate: 2000, interval: [1500, 2000], smallestDetectable: 500 },
      },
      {
        is: 'deviates where it is well too late',
        spec: recovery(counter, { within: '2s', source }),
        arm: { visits: [failing(2000, 8600), well(8600, 10_000)] },
        verdict: 'deviates',
        evidence: { estimate: 3000, interval: [2500, 3000] },
        lookAt: [160, 161, 162, 163, 164].map(
          (n) => `${counter} #${n} at +${(n / 20).toFixed(1)} s: timed-out`,
        ),
      },
      {
        is: 'deviates where it is never well',
        spec: recovery(counter, { within: '2s', source }),
        arm: { visits: [failing(2000, 10_000)] },
        verdict: 'deviates',
        said: /^never recovered: the last bucket has 0 % success, not 90 %/,
        evidence: { estimate: null, interval: [3500, null] },
      },
      {
        is: 'deviates where the bound had just passed when the watch ended, and it was not well',
        spec: recovery(counter, { within: '3500ms', source }),
        arm: { visits: [failing(2000, 10_000)] },
        verdict: 'deviates',
        evidence: { interval: [3500, null] },
      },
      {
        is: 'deviates where the first bucket past the bound is bad',
        spec: recovery(counter, { within: '2s', source }),
        arm: { visits: [failing(2000, 8400), well(8400, 10_000)] },
        verdict: 'deviates',
        evidence: { estimate: 2500, interval: [2000, 2500] },
      },
      {
        is: 'deviates where the last who came were not well',
        spec: recovery(counter, { within: '2s', source }),
        arm: { visits: [failing(6000, 9000)] },
        verdict: 'deviates',
        said: /^never recovered/,
        evidence: { estimate: null, interval: [2500, null] },
      },
      {
        is: 'is open where the watch was shorter than half a bucket, and bad',
        spec: recovery(counter, { within: '2s', source }),
        arm: { revertedMs: 9800, visits: [failing(9000, 10_000)] },
        verdict: 'inconclusive',
        evidence: { n: 4, interval: [0, null] },
      },
      {
        is: 'deviates where it was well for a while and fell again',
        spec: recovery(counter, { within: '2s', source }),
        arm: { visits: [well(6000, 9000), failing(9000, 9400), well(9500, 10_000)] },
        verdict: 'deviates',
        evidence: { estimate: 3500 },
      },
      {
        is: 'counts from the last fault reverted, not from a revert once more at the end',
        spec: recovery(counter, { within: '2s', source }),
        arm: { revertedMs: 8000, visits: [failing(2000, 9900), well(9900, 10_000)] },
        verdict: 'inconclusive',
        said: /a longer recovery act would decide/,
        evidence: { n: 40, estimate: null, interval: [1500, null] },
      },
      {
        is: 'is open where the bound lies within a bucket',
        spec: recovery(counter, { within: '1800ms', source }),
        arm: { visits: [failing(2000, 7600), well(7600, 10_000)] },
        verdict: 'inconclusive',
        said: /finer ones would decide/,
      },
      {
        is: 'lets a last sliver of time count with the bucket before it',
        spec: recovery(counter, { within: '2s', source }),
        arm: { revertedMs: 5940, visits: [well(6000, 9950), failing(9950, 10_000)] },
        verdict: 'holds',
      },
      {
        is: 'is open where nobody came after the revert',
        spec: recovery(counter, { within: '2s', source }),
        arm: none,
        verdict: 'inconclusive',
        evidence: { n: 0 },
      },
      {
        is: 'is open where no fault was seen reverted',
        spec: recovery(counter, { within: '2s', source }),
        arm: { revertedMs: null },
        verdict: 'inconclusive',
        said: /no fault was seen reverted/,
      },
      {
        is: 'is open where the revert came after the end',
        spec: recovery(counter, { within: '2s', source }),
        arm: { revertedMs: 11_000 },
        verdict: 'inconclusive',
      },
      {
        is: 'does not apply where there is no fault',
        spec: recovery(counter, { within: '2s', source }),
        arm: { arm: 'control' },
        verdict: 'not-applicable',
      },
    ],
    refused: [
      [/withinMs must be a duration above 0/, recovery(counter, { within: 0, source })],
      [
        /success must be a share above 0, at most 1/,
        recovery(counter, { within: '2s', success: 1.1, source }),
      ],
      [/bucketMs must be a duration above 0/, recovery(counter, { within: '2s', bucket: 0, source })],
      [/bucket must not be longer than within/, recovery(counter, { within: '1s', bucket: '2s', source })],
    ],
  },

  'time-to': {
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
  },

  'no-event': {
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
    ],
    refused: [
      [/event must be a name/, noEvent('', { measure, source })],
      [/sabotages must name at least one/, noEvent('x', { source, sabotages: [] })],
    ],
  },

  everyone: {
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
  },

  share: {
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
  },

  never: {
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
      [
        /outcomes must be one name or more/,
        never('attacker', { outcome: [], atLeast: 1, source, sabotages }),
      ],
      [/sabotages must name/, never('attacker', { outcome: 'let-in', atLeast: 1, source, sabotages: [] })],
    ],
  },

  accounted: {
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
      [
        /sabotages must name/,
        accounted(counter, { outcome: 'receipt', by: receipts, source, sabotages: [] }),
      ],
    ],
  },

  invariant: {
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
  },
}

function judge({ spec, arm }: Row) {
  const plan = planOf([spec], { faultsOn: arm.faultsOn ?? true })
  return judgeCheck(spec, recordOf(plan, arm))
}

describe('the registry', () => {
  it('has a contract for every kind of check, and no kind twice', () => {
    expect(checkKinds.map(({ kind }) => kind).toSorted()).toEqual(Object.keys(contracts).toSorted())
  })

  it('knows no other kind', () => {
    expect(checkKind('success')).toBeUndefined()
  })

  it('sums every kind up in a line', () => {
    for (const { kind, summary } of checkKinds) expect(summary, kind).toMatch(/^\S.{20,110}$/)
  })
})

describe.each(Object.entries(contracts))('%s', (kind, { rows, refused, appliesEverywhere }) => {
  it('has a row for every verdict it can come to, and for an empty sample', () => {
    const verdicts: CheckVerdict[] = ['holds', 'deviates', 'inconclusive']
    if (!appliesEverywhere) verdicts.push('not-applicable')
    expect([...new Set(rows.map((row) => row.verdict))].toSorted()).toEqual(verdicts.toSorted())
    expect(rows.some((row) => row.verdict === 'inconclusive' && row.evidence?.n === 0)).toBe(true)
  })

  it.each(rows)('$is', (row) => {
    expect(row.spec.kind).toBe(kind)
    expect(checkKind(kind)!.problems(row.spec)).toEqual([])
    const finding = judge(row)
    expect(finding.verdict).toBe(row.verdict)
    if (row.role !== undefined) expect(finding.role).toBe(row.role)
    if (row.said !== undefined) expect(finding.said).toMatch(row.said)
    if (row.evidence !== undefined) expect(finding.evidence).toMatchObject(row.evidence)
    if (row.lookAt !== undefined) expect(finding.lookAt).toEqual(row.lookAt)
  })

  it.each(rows)('$is: said in words, as plain data, the same each time', (row) => {
    const finding = judge(row)
    expect(finding.said).toMatch(/^\S.*[^\s.;]$/)
    expect(finding.said).not.toMatch(/NaN|undefined|null|Infinity|\[object/)
    expect(JSON.parse(JSON.stringify(finding))).toEqual(finding)
    expect(judge(row)).toEqual(finding)
    // The spec of an old journal is the spec of today.
    expect(judge({ ...row, spec: JSON.parse(JSON.stringify(row.spec)) })).toEqual(finding)
  })

  it.each(rows)('$is: with evidence that fits its verdict', (row) => {
    const { verdict, evidence, lookAt = [] } = judge(row)
    expect(lookAt.length).toBeLessThanOrEqual(5)
    if (verdict === 'holds') expect(lookAt).toEqual([])
    if (verdict === 'not-applicable') {
      expect(evidence).toBeNull()
      return
    }
    expect(evidence!.n).toBeGreaterThanOrEqual(0)
    if (evidence!.samplesToDecide !== undefined) {
      expect(verdict).toBe('inconclusive')
      expect(evidence!.samplesToDecide).toBeGreaterThan(evidence!.n)
    }
    if (verdict === 'holds') {
      const [low, high] = evidence!.interval!
      if (evidence!.good === 'at least') expect(low).toBeGreaterThanOrEqual(evidence!.threshold)
      else expect(high).toBeLessThanOrEqual(evidence!.threshold)
    }
  })

  it.each(refused.map(([why, spec]) => ({ why, spec })))('refuses a spec where $why', ({ why, spec }) => {
    const problems = checkKind(kind)!.problems(spec)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(why)
    expect(problems[0]!.startsWith(`check '${spec.title}': `)).toBe(true)
  })

  it('refuses parameters of another version, and tells all problems at once', () => {
    const { spec } = rows[0]!
    expect(checkKind(kind)!.problems({ ...spec, params: { ...spec.params, novel: 1 } })).toHaveLength(1)
    expect(checkKind(kind)!.problems({ ...spec, params: {}, source: '', title: '' }).length).toBeGreaterThan(
      2,
    )
  })
})

describe('titles', () => {
  const journey: Journey = {
    name: counter,
    title: 'a visitor at the counter',
    entrance: 'official→community-centre',
    succeedsWith: ['certificate', 'receipt'],
    run: async () => 'certificate',
  }

  it.each<[string, CheckSpec]>([
    [
      'a visitor at the counter: success ≥ 95 % during fault, from 2 s',
      successRate(journey, { atLeast: 0.95, after: '2s', ...duringFault }),
    ],
    [
      'a visitor at the counter (login): p95 ≤ 800 ms during fault, until 1 s before its end',
      latency(journey, { quantile: 0.95, below: '800ms', step: 'login', untilEnd: '1s', ...duringFault }),
    ],
    [
      'a visitor at the counter: ≥ 20/s succeed from baseline to recovery',
      throughput(journey, { atLeast: '20/s', during: ['baseline', 'recovery'], source }),
    ],
    [
      'a visitor at the counter: recovered ≤ 4 s after the fault',
      recovery(journey, { within: '4s', source }),
    ],
    [
      'fallback.opened ≤ 2 s after the fault begins',
      timeTo('fallback.opened', { within: '2s', of: 'injected', source, measure }),
    ],
    [
      'fallback.closed ≤ 2 s after the last fault is gone',
      timeTo('fallback.closed', { within: '2s', of: 'reverted', source, measure }),
    ],
    ['without a fault, no fallback.opened', noEvent('fallback.opened', { measure, source })],
    ['a visitor at the counter: everyone is served', everyone(journey, { atLeast: 1, source })],
    [
      "of all 'shed', ≥ 90 % are a visitor at the counter during fault",
      share({
        measure,
        of: 'shed',
        journeys: journey,
        among: [journey, notices],
        atLeast: 0.9,
        ...duringFault,
      }),
    ],
    [
      'a visitor at the counter: never let-in or data-shown',
      never(journey, { outcome: ['let-in', 'data-shown'], atLeast: 1, source, sabotages }),
    ],
    [receipts, invariant(receipts, { source, sabotages })],
    ['in other words', successRate(journey, { atLeast: 0.95, title: 'in other words', ...duringFault })],
  ])('%s', (title, spec) => {
    expect(spec.title).toBe(title)
  })

  it('reads journeys by their names', () => {
    expect(successRate([journey, notices], { atLeast: 0.9, ...duringFault }).journeys).toEqual([
      counter,
      notices,
    ])
    expect(
      share({
        measure,
        of: 'shed',
        journeys: notices,
        among: [notices, journey],
        atLeast: 0.9,
        ...duringFault,
      }).journeys,
    ).toEqual([notices, counter])
  })
})

describe('the stories', () => {
  it('are timed as the rows take them to be', () => {
    const { acts, injected, reverted } = recordOf(planOf([]))
    expect(acts).toEqual([
      { act: 'baseline', fromMs: 0, toMs: faultFromMs, cpuWaitShare: null, hostBusy: null },
      { act: 'fault', fromMs: faultFromMs, toMs: faultToMs, cpuWaitShare: null, hostBusy: null },
      { act: 'recovery', fromMs: faultToMs, toMs: armEndMs, cpuWaitShare: null, hostBusy: null },
    ])
    expect(injected.map(({ ms }) => ms)).toEqual([faultFromMs])
    expect(reverted.map(({ ms }) => ms)).toEqual([faultToMs])
  })
})
