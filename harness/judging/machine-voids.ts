import { percent } from '../checks/figures.ts'
import type { ArmRecord } from '../journal/record.ts'
import type { Void } from '../model/result.ts'
import { formatMs } from '../model/units.ts'
import { lasting, passing } from './void.ts'

/**
 * How late an arrival may start, ms, at the 99th percentile. † ours: an eighth of the tightest bound a scenario sets.
 * Latency counts from the intended start, so up to here a late generator makes a system look worse, never better.
 */
const maxLagP99Ms = 100

/**
 * How long the load driver's event loop may stall, ms. † ours: a longer stall bunches arrivals up and is read as
 * latency of the system.
 */
const maxLoopDelayMs = 400

/**
 * Share of the time in which an arm's threads had work that they may wait for a CPU. † ours: measured 0.4 to 0.55 with two
 * arms side by side on two quiet cores, 0.57 beside neighbours who give way, 0.65 beside one greedy neighbour per core;
 * from about 0.8 service levels were missed that hold on a quiet machine.
 */
const maxCpuWaitShare = 0.7

/** Only for older journals: how busy the host's CPUs may be in an act, by any process. † ours. */
const maxHostBusy = 0.98

/** How long the harness may stand still, ms. † ours: as long as the load driver may. */
const maxStandstillMs = 400

/** What is wrong with the load, by the generator's own figures or by the journal. */
export function generatorVoids(record: ArmRecord): Void[] {
  if (record.generator === null) return [lasting('generator', 'the load generator gave no account of itself')]
  const { final, figures } = record.generator
  const recorded = [...record.observations.values()].reduce((sum, visits) => sum + visits.size, 0)
  const said = [
    !final && 'the load generator did not come to its end',
    figures.dropped > 0 && `the load generator dropped ${figures.dropped} of ${figures.due} arrivals`,
    figures.lagP99Ms > maxLagP99Ms &&
      `the load generator missed its schedule: lag p99 ${formatMs(figures.lagP99Ms)}, at most ${formatMs(maxLagP99Ms)} allowed`,
    figures.loopDelayMaxMs > maxLoopDelayMs &&
      `the host stalled: the load driver stood still for ${formatMs(figures.loopDelayMaxMs)}, at most ${formatMs(maxLoopDelayMs)} allowed`,
    ...(figures.problems ?? []),
    recorded < figures.started &&
      `the journal holds ${recorded} of the ${figures.started} visits that were begun`,
  ]
  return said.filter((one) => one !== false).map((one) => passing('generator', one))
}

/** Doubts about every verdict but `holds`: a busy host makes a system look worse, never better. */
export function hostDoubts({ acts }: ArmRecord): Void[] {
  return acts.flatMap((act) => {
    const doubt = hostDoubt(act)
    return doubt === null
      ? []
      : [passing('host', `the host was busy: ${doubt} allowed: what was measured is the host`)]
  })
}

function hostDoubt({ act, cpuWaitShare, hostBusy }: ArmRecord['acts'][number]): string | null {
  if (cpuWaitShare !== null)
    return cpuWaitShare <= maxCpuWaitShare
      ? null
      : `the system and the load waited for a CPU in ${percent(cpuWaitShare)} of the time in which they had work during ${act}, at most ${percent(maxCpuWaitShare)}`
  return hostBusy === null || hostBusy <= maxHostBusy
    ? null
    : `${percent(hostBusy)} of its CPU time was in use during ${act}, at most ${percent(maxHostBusy)}`
}

/** The harness did nothing for a while: orders came late, and what happened was seen late. */
export function standstillVoids({ standstills }: ArmRecord): Void[] {
  const longest = Math.max(0, ...standstills.map(({ forMs }) => forMs))
  if (longest <= maxStandstillMs) return []
  return [
    passing(
      'host',
      `the harness stood still for ${formatMs(longest)}, at most ${formatMs(maxStandstillMs)} allowed: it was stopped, starved, or the machine slept`,
    ),
  ]
}

/** Whether the host was busy in an act, as far as it tells. */
export function wasBusy(act: ArmRecord['acts'][number]): boolean {
  return hostDoubt(act) !== null
}
