import type { RunResult, Series } from '../../model/result.ts'
import type { ArmTally, JourneyTally } from './tally.ts'
import type { Family, Labels, Sample } from './text.ts'

/**
 * A run as metrics. Counters begin at 0 with the arm's first act and go on from bin to bin of the reports' curves; visits
 * are in the bin in which they were due. Labels of one arm are those of no other, so that arms can be drawn together.
 * @param endedAt of the run, epoch ms
 */
export function familiesOf(run: RunResult, arms: readonly ArmTally[], endedAt: number): Family[] {
  return [...ofVisits(arms), faults(arms), ...ofVerdicts(run, arms, endedAt)]
}

function labelsOf({ scenario, result }: ArmTally): Labels {
  return { scenario, arm: result.arm }
}

/** A journey of an arm that has begun. */
interface Curve {
  readonly labels: Labels
  readonly startedAt: number
  readonly tally: JourneyTally
  readonly series: Series
}

function curvesOf(arms: readonly ArmTally[]): Curve[] {
  return arms.flatMap((arm) => {
    const { startedAt } = arm
    if (startedAt === undefined) return []
    return [...arm.journeys].map(([journey, tally]) => ({
      labels: { ...labelsOf(arm), journey },
      startedAt,
      tally,
      series: arm.result.journeys[journey]!.series,
    }))
  })
}

function ofVisits(arms: readonly ArmTally[]): Family[] {
  const curves = curvesOf(arms)
  return [
    {
      name: 'chaos_arrivals',
      type: 'counter',
      help: 'Visits that were due, whatever became of them.',
      metrics: curves.map(({ labels, series, startedAt }) => ({
        labels,
        samples: counted(series.arrivals, series.binMs, startedAt),
      })),
    },
    {
      name: 'chaos_visits',
      type: 'counter',
      help: 'Visits by what became of them, at the time at which they were due.',
      metrics: curves.flatMap(({ labels, tally, startedAt }) =>
        [...tally.outcomes.values()].map(({ outcome, served, bins }) => ({
          labels: { ...labels, outcome, served: String(served) },
          samples: counted([...bins], tally.binMs, startedAt),
        })),
      ),
    },
    {
      name: 'chaos_served_visit_duration_seconds',
      type: 'summary',
      unit: 'seconds',
      help: 'How long visits took that were served, from when they were due. Quantiles are of those due since the sample before.',
      metrics: curves.map((curve) => ({ labels: curve.labels, samples: durations(curve) })),
    },
  ]
}

/** A counter that starts at 0. */
function counted(bins: readonly number[], binMs: number, startedAt: number): Sample[] {
  let value = 0
  const suffix = '_total'
  return [
    { suffix, value, at: startedAt },
    ...bins.map((count, i) => {
      value += count
      return { suffix, value, at: startedAt + (i + 1) * binMs }
    }),
  ]
}

function durations({ series, tally, startedAt }: Curve): Sample[] {
  let count = 0
  let sumMs = 0
  const at = (bins: number): number => startedAt + bins * series.binMs
  const points = (time: number, p50: number | null, p95: number | null): Sample[] => [
    { labels: { quantile: '0.5' }, value: secondsOf(p50), at: time },
    { labels: { quantile: '0.95' }, value: secondsOf(p95), at: time },
    { suffix: '_count', value: count, at: time },
    { suffix: '_sum', value: secondsOf(sumMs), at: time },
  ]
  return [
    ...points(at(0), null, null),
    ...series.ok.flatMap((ok, i) => {
      count += ok
      sumMs += tally.servedMs[i]!
      return points(at(i + 1), series.p50Ms[i]!, series.p95Ms[i]!)
    }),
  ]
}

/** Nobody was served: it is no number. The journal keeps hundredths of a millisecond. */
function secondsOf(ms: number | null): number {
  return ms === null ? Number.NaN : Math.round(ms * 100) / 100_000
}

function faults(arms: readonly ArmTally[]): Family {
  return {
    name: 'chaos_fault_active',
    type: 'gauge',
    help: '1 while the fault is injected.',
    metrics: arms.flatMap((arm) =>
      arm.faults.map(({ fault, from, to }) => ({
        labels: { ...labelsOf(arm), fault },
        samples: [
          ...(arm.startedAt !== undefined && arm.startedAt + 1 <= from
            ? [{ value: 0, at: arm.startedAt }]
            : []),
          { value: 1, at: from },
          // Reverted with the arm, where it has no end of its own.
          { value: 0, at: Math.max(from + 1, to ?? arm.endedAt) },
        ],
      })),
    ),
  }
}

const verdicts = ['holds', 'deviates', 'inconclusive', 'vacuous']

function ofVerdicts(run: RunResult, arms: readonly ArmTally[], endedAt: number): Family[] {
  return [
    {
      name: 'chaos_check_verdict',
      type: 'stateset',
      help: 'What a check came to in an arm, at its end.',
      metrics: arms.flatMap((arm) =>
        arm.result.checks.map(({ id, role, verdict }) => ({
          labels: { ...labelsOf(arm), check: id, role },
          samples: states(
            'chaos_check_verdict',
            [...verdicts.slice(0, 3), 'not-applicable'],
            verdict,
            arm.endedAt,
          ),
        })),
      ),
    },
    {
      name: 'chaos_arm_verdict',
      type: 'stateset',
      help: 'What an arm came to, at its end.',
      metrics: arms.map((arm) => ({
        labels: labelsOf(arm),
        samples: states('chaos_arm_verdict', verdicts.slice(0, 3), arm.result.verdict, arm.endedAt),
      })),
    },
    {
      name: 'chaos_scenario_verdict',
      type: 'stateset',
      help: 'What a scenario came to, at the end of the run.',
      metrics: run.scenarios.map(({ scenario, verdict }) => ({
        labels: { scenario },
        samples: states('chaos_scenario_verdict', verdicts, verdict, endedAt),
      })),
    },
    {
      name: 'chaos_run_exit_code',
      type: 'gauge',
      help: '0 holds, 1 deviates, 2 inconclusive, 3 vacuous, 5 harness error, 130 interrupted.',
      metrics: [{ labels: {}, samples: [{ value: run.exitCode, at: endedAt }] }],
    },
    {
      name: 'chaos_run',
      type: 'info',
      help: 'The run that all of this is of.',
      metrics: [{ labels: {}, samples: [{ suffix: '_info', labels: infoOf(run), value: 1, at: endedAt }] }],
    },
  ]
}

function infoOf({ run, seed, runtime, driver, toxiproxy }: RunResult): Labels {
  return { run, seed, runtime, driver, toxiproxy }
}

/** One sample a state, in a label with the family's name: 1 for the one that it is. */
function states(family: string, all: readonly string[], is: string, at: number): Sample[] {
  return all.map((state) => ({ labels: { [family]: state }, value: state === is ? 1 : 0, at }))
}
