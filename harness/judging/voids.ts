import { percent } from '../checks/figures.ts'
import type { ArmRecord } from '../journal/record.ts'
import { setupOf } from '../model/arms.ts'
import type { FaultSpec } from '../model/fault.ts'
import type { Ending, FaultEvidence } from '../model/result.ts'
import { formatMs } from '../model/units.ts'
import { bittenUsers, serverEvidence } from './server-evidence.ts'

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

/** Of older journals: how busy the host's CPUs may be in a phase, by whomever. † ours. */
const maxHostBusy = 0.98

/** How long the harness may stand still, ms. † ours: as long as the load driver may. */
const maxStandstillMs = 400

/** Visits all journeys together must show in the baseline. † ours: with fewer the gate is a guess. */
const minBaselineVisits = 10

/** What is known of each fault of an arm that was to have it: when, how late, and whether it was seen to bite. */
export function faultEvidence(record: ArmRecord): FaultEvidence[] {
  if (!record.faultsOn) return []
  return record.plan.faults.map((spec) => {
    const { id } = spec
    const injected = record.injected.find((e) => e.fault === id)
    const lastInjectedMs = record.injected.findLast((e) => e.fault === id)?.ms ?? 0
    const reverted = record.reverted.find((e) => e.fault === id && e.ms >= lastInjectedMs)
    const sightings =
      spec.streams === undefined
        ? record.sightings.filter((e) => e.fault === id)
        : visitsOf(record, spec, injected?.ms, reverted?.ms)
    return {
      fault: id,
      injectedAtMs: injected?.ms ?? null,
      revertedAtMs: reverted?.ms ?? null,
      injectedLateMs: injected === undefined ? null : injected.at - injected.plannedAt,
      revertedLateMs: typeof reverted?.plannedAt === 'number' ? reverted.at - reverted.plannedAt : null,
      bit: sightings.some((s) => s.when === 'during' && s.bites === true),
      sightings: sightings.map(({ when, bites, said }) => ({ when, bites, said })),
      server: serverEvidence(record, id),
    }
  })
}

/** Share of the planned arrivals that must have come for a surge to count: Poisson scatter leaves this by ten deviations at 100. */
const shownShare = 0.5

/** What is seen of a fault that brings arrivals along: its visits, as the journal has them. */
function visitsOf(
  record: ArmRecord,
  { streams = [] }: FaultSpec,
  injectedMs = Number.POSITIVE_INFINITY,
  revertedMs = Number.POSITIVE_INFINITY,
): Pick<FaultEvidence['sightings'][number], 'when' | 'bites' | 'said'>[] {
  const came = { before: 0, during: 0, after: 0 }
  for (const { id, journey } of streams) {
    const visits = record.observations.get(journey)
    for (let row = 0; row < (visits?.size ?? 0); row++) {
      if (visits!.stream(row) !== id) continue
      const dueMs = visits!.dueMs[row]!
      // Its visits are due by the plan, and the order comes some ms later.
      came[dueMs < injectedMs - orderMs ? 'before' : dueMs < revertedMs + orderMs ? 'during' : 'after']++
    }
  }
  const planned = streams.reduce(
    (sum, { perSecond: [from, to], durationMs }) => sum + (((from + to) / 2) * durationMs) / 1000,
    0,
  )
  return [
    { when: 'before', bites: came.before > 0, said: `${came.before} of its visits came` },
    {
      when: 'during',
      bites: came.during > 0 && came.during >= shownShare * planned,
      said: `${came.during} of its visits came, about ${Math.round(planned)} planned`,
    },
    { when: 'after', bites: came.after > 0, said: `${came.after} of its visits came` },
  ]
}

/** How late an order to begin or end a stream may come to the load, ms. */
const orderMs = 100

/** How an arm came to its end; a journal that stops in its middle makes it failed. */
export function endingOf(record: ArmRecord): { ending: Ending; error?: string } {
  if (record.ended === null) return { ending: 'failed', error: 'the journal stops in the middle of this arm' }
  const { outcome, error } = record.ended
  return { ending: outcome, ...(error !== undefined && { error }) }
}

/** Evidence that is missing or speaks against the arm itself, in words; one entry voids it. */
export function voidsOf(record: ArmRecord, faults: readonly FaultEvidence[]): string[] {
  return [
    ...endingVoids(record),
    ...damageVoids(record),
    ...deathVoids(record),
    ...standstillVoids(record),
    ...faultVoids(record, faults),
    ...generatorVoids(record),
    ...baselineVoids(record),
  ]
}

function endingVoids(record: ArmRecord): string[] {
  const { ending, error } = endingOf(record)
  if (ending === 'finished') return []
  return [
    `the arm ${ending === 'failed' ? 'failed' : 'was interrupted'}${error === undefined ? '' : `: ${error}`}`,
  ]
}

function damageVoids({ damagedLines }: ArmRecord): string[] {
  if (damagedLines.length === 0) return []
  return [
    `the journal was damaged while this arm was under way: line ${damagedLines.join(', ')} could not be read`,
  ]
}

function deathVoids(record: ArmRecord): string[] {
  return record.deaths.map(({ service, code, signal, log }) => {
    const how = signal === null ? `exit code ${code}` : signal
    return `service ${service} died and nobody had stopped it (${how}): see ${log}`
  })
}

function faultVoids(record: ArmRecord, faults: readonly FaultEvidence[]): string[] {
  const owed = setupOf(record.plan, record.arm).faults.length > 0
  if (owed !== record.faultsOn)
    return [
      owed ? 'this arm was to have the faults and had none' : 'this arm was to have no fault and had them',
    ]
  if (!record.faultsOn)
    return [...new Set(record.injected.map((e) => e.fault))].map(
      (fault) => `${fault} was injected although this arm was to have no fault`,
    )
  const problems = faults.flatMap(
    (evidence) => faultProblem(evidence, record.plan.faults.find(({ id }) => id === evidence.fault)!) ?? [],
  )
  return problems.length > 0 ? problems : contradictions(record, faults)
}

/**
 * Where every fault was seen by its probe, and Toxiproxy itself says otherwise of all of them. One fault that it
 * confirms, or has nothing to say of, is enough to explain what the probes saw: a link behind one that is cut off stays
 * silent whatever is put on it. That the faults met no user speaks against the untreated arm alone; in the treated arm
 * keeping users away from them may be the measure's merit.
 */
function contradictions(record: ArmRecord, faults: readonly FaultEvidence[]): string[] {
  const accounts = faults.map(({ server }) => server)
  if (faults.length === 0 || !accounts.every((account) => account?.from === 'toxics')) return []
  const names = faults.map(({ fault }) => fault).join(', ')
  if (accounts.every(({ bittenConnections }) => bittenConnections === 0))
    return [
      `the probe saw ${names} bite, but Toxiproxy says that no connection was bitten, not even the probe's own: what it saw was something else`,
    ]
  if (record.arm === 'untreated' && accounts.every((account) => bittenUsers(account) === 0))
    return [`${names} touched no user: Toxiproxy says that it bit no connection but the probe's own`]
  return []
}

function faultProblem(evidence: FaultEvidence, spec: FaultSpec): string | null {
  const { fault, injectedAtMs, revertedAtMs, bit, sightings } = evidence
  const before = sightings.filter((s) => s.when === 'before')
  const during = sightings.filter((s) => s.when === 'during')
  if (injectedAtMs === null) return `${fault} was never injected`
  if (!bit)
    return during.length === 0
      ? `${fault} was not probed while it was on`
      : `${fault} was not seen to bite by its own probe: ${during.at(-1)!.said}${butToxiproxy(evidence)}`
  const early = before.find((s) => s.bites === true)
  const late = latenessOf(evidence, spec)
  if (late !== null) return late
  if (early !== undefined) return `${fault} seemed to bite before it was injected: ${early.said}`
  if (before.length === 0) return `${fault} was not probed before it was injected: its bite may be an old one`
  if (!before.some((s) => s.bites === false))
    return `${fault} could not be told before it was injected, so its bite may be an old one: ${before.at(-1)!.said}`
  if (revertedAtMs === null) return `${fault} was never reverted`
  const after = sightings.filter((s) => s.when === 'after')
  if (after.some((s) => s.bites === false)) return null
  return after.length === 0
    ? `${fault} was not probed after it was reverted: it may be there still`
    : `${fault} was not seen gone after it was reverted: ${after.at(-1)!.said}`
}

/** Share of its life by which a fault may come or go late. † ours: a tenth, so that arms have nearly the same fault. */
const lateShare = 0.1

function latenessOf(
  { fault, injectedLateMs, revertedLateMs }: FaultEvidence,
  spec: FaultSpec,
): string | null {
  const mostMs = lateShare * (spec.toMs - spec.fromMs)
  for (const [what, lateMs] of [
    ['injected', injectedLateMs],
    ['reverted', revertedLateMs],
  ] as const)
    if (lateMs !== null && lateMs > mostMs)
      return `${fault} was ${what} ${formatMs(lateMs)} late, at most ${formatMs(mostMs)} allowed (a tenth of its life)`
  return null
}

/** The probe stands alone against it: two accounts that do not agree are no evidence. */
function butToxiproxy({ server }: FaultEvidence): string {
  if (server?.from !== 'toxics' || server.bittenConnections === 0) return ''
  return ` (but Toxiproxy says that it bit ${server.bittenConnections} connections: the two do not agree)`
}

function generatorVoids(record: ArmRecord): string[] {
  if (record.generator === null) return ['the load generator gave no account of itself']
  const { final, figures } = record.generator
  const voids: string[] = []
  if (!final) voids.push('the load generator did not come to its end')
  if (figures.dropped > 0)
    voids.push(`the load generator dropped ${figures.dropped} of ${figures.due} arrivals`)
  if (figures.lagP99Ms > maxLagP99Ms)
    voids.push(
      `the load generator missed its schedule: lag p99 ${formatMs(figures.lagP99Ms)}, at most ${formatMs(maxLagP99Ms)} allowed`,
    )
  if (figures.loopDelayMaxMs > maxLoopDelayMs)
    voids.push(
      `the host stalled: the load driver stood still for ${formatMs(figures.loopDelayMaxMs)}, at most ${formatMs(maxLoopDelayMs)} allowed`,
    )
  voids.push(...(figures.problems ?? []))
  const recorded = [...record.observations.values()].reduce((sum, visits) => sum + visits.size, 0)
  if (recorded < figures.started)
    voids.push(`the journal holds ${recorded} of the ${figures.started} visits that were begun`)
  return voids
}

/** What puts a deviation in doubt: a busy host makes a system look worse, never better. */
export function hostDoubts(record: ArmRecord): string[] {
  const allowed = (share: number): string =>
    `at most ${percent(share)} allowed: what was measured is the host`
  return record.phases.flatMap(({ phase, cpuWaitShare, hostBusy }) => {
    if (cpuWaitShare !== null)
      return cpuWaitShare <= maxCpuWaitShare
        ? []
        : [
            `the host was busy: the system and the load waited for a CPU in ${percent(cpuWaitShare)} of the time in which they had work during ${phase}, ${allowed(maxCpuWaitShare)}`,
          ]
    return hostBusy === null || hostBusy <= maxHostBusy
      ? []
      : [
          `the host was busy: ${percent(hostBusy)} of its CPU time was in use during ${phase}, ${allowed(maxHostBusy)}`,
        ]
  })
}

function standstillVoids({ standstills }: ArmRecord): string[] {
  const longest = Math.max(0, ...standstills.map(({ forMs }) => forMs))
  if (longest <= maxStandstillMs) return []
  return [
    `the harness stood still for ${formatMs(longest)}, at most ${formatMs(maxStandstillMs)} allowed: it was stopped, starved, or the machine slept`,
  ]
}

function baselineVoids(record: ArmRecord): string[] {
  const baseline = record.phases.find((p) => p.phase === 'baseline')
  if (baseline === undefined) return ['the arm did not come to its baseline']
  const voids: string[] = []
  let total = 0
  for (const journey of new Set(record.plan.load.map((stream) => stream.journey))) {
    const visits = record.observations.get(journey)
    let n = 0
    let ok = 0
    for (let row = 0; row < (visits?.size ?? 0); row++) {
      const due = visits!.dueMs[row]!
      if (due < baseline.fromMs || due >= baseline.toMs) continue
      n++
      ok += visits!.ok[row]!
    }
    total += n
    const wanted = record.plan.baselineAtLeast
    if (n === 0) voids.push(`baseline gate: no visit of ${journey} was due in the baseline`)
    else if (ok / n < wanted)
      voids.push(
        `baseline gate: ${ok} of ${n} visits of ${journey} succeeded before any fault, at least ${Math.round(wanted * 100)} % must`,
      )
  }
  if (total < minBaselineVisits)
    voids.push(`too few samples: ${total} visits in the baseline, at least ${minBaselineVisits} are needed`)
  return voids
}
