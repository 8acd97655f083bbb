import type { ArmRecord } from '../journal/record.ts'
import type { ArmResult, FaultEvidence, ServerEvidence } from '../model/result.ts'
import type { ToxicTotals } from '../model/toxics.ts'
import { count } from '../model/words.ts'

/** What Toxiproxy itself reports about a fault. Null: it cannot report, nothing arrived, or the fault has no toxics. */
export function serverEvidence(record: ArmRecord, fault: string): ServerEvidence | null {
  if (record.witness === 'events') return fromToxics(record, fault)
  if (record.witness === 'metrics') return fromMetrics(record, fault)
  return null
}

/** How many connections a fault's toxics bit, without those of its probe. */
export function bittenUsers(server: Extract<ServerEvidence, { from: 'toxics' }>): number {
  return server.bittenConnections - server.probeConnections
}

function fromToxics(record: ArmRecord, fault: string): ServerEvidence | null {
  const totals = record.removals.filter((e) => e.fault === fault).map((e) => e.totals)
  if (totals.length === 0) return null
  const sum = (of: (total: ToxicTotals) => number): number => totals.reduce((all, one) => all + of(one), 0)
  const bites = record.bites.filter((e) => e.fault === fault)
  const probes = new Set(record.sightings.flatMap(({ clients = [] }) => clients))
  const distinct = (some: typeof bites): number => new Set(some.map(({ connection }) => connection)).size
  const firstAt = Math.min(...totals.map(({ firstBiteAtMs }) => firstBiteAtMs ?? Number.POSITIVE_INFINITY))
  return {
    from: 'toxics',
    // Two toxics of a fault may bite the same connection, and events may be lost: the larger count is nearer.
    bittenConnections: Math.max(distinct(bites), ...totals.map(({ bittenConnections }) => bittenConnections)),
    probeConnections: distinct(bites.filter(({ client }) => probes.has(client))),
    chunks: sum(({ chunks }) => chunks),
    bytes: sum(({ bytes }) => bytes),
    delayedChunks: sum(({ delayedChunks }) => delayedChunks),
    slicedChunks: sum(({ slicedChunks }) => slicedChunks),
    answeredRequests: sum(({ answeredRequests }) => answeredRequests),
    droppedBytes: sum(({ droppedBytes }) => droppedBytes),
    cuts: sum(({ cuts }) => cuts),
    firstBiteAtMs: Number.isFinite(firstAt) ? firstAt - record.startedAt : null,
  }
}

function fromMetrics(record: ArmRecord, fault: string): ServerEvidence | null {
  const link = record.plan.faults.find(({ id }) => id === fault)?.link
  const of = (when: 'before' | 'after') => record.carried.find((e) => e.link === link && e.when === when)
  const after = of('after')?.streams
  // A link that has carried nothing yet is not in the metrics.
  if (link === undefined || after === undefined) return null
  const before = of('before')?.streams
  const during = (of: 'receivedBytes' | 'sentBytes'): number =>
    after.upstream[of] + after.downstream[of] - (before?.upstream[of] ?? 0) - (before?.downstream[of] ?? 0)
  return { from: 'metrics', receivedBytes: during('receivedBytes'), sentBytes: during('sentBytes') }
}

/**
 * Who saw the faults of a scenario bite, in one sentence: `2 faults in 2 arms: 4 of 4 seen to bite by their own probes;
 * Toxiproxy itself saw users bitten by 3 of them`. A fault counts once in each arm that it was injected in.
 */
export function standsOn(arms: readonly ArmResult[]): string {
  const injected = arms.flatMap(({ faults }) => faults.filter(({ injectedAtMs }) => injectedAtMs !== null))
  if (injected.length === 0) return 'no fault was injected'
  const faults = new Set(injected.map(({ fault }) => fault)).size
  const armsWithFaults = arms.filter((arm) => arm.faults.some((f) => f.injectedAtMs !== null)).length
  const seen = injected.filter(({ bit }) => bit).length
  return `${count(faults, 'fault')} in ${count(armsWithFaults, 'arm')}: ${seen} of ${injected.length} seen to bite by their own probes; ${toxiproxyWords(arms, injected)}`
}

/** What Toxiproxy itself reports about these faults, also about those that their probes did not see. */
function toxiproxyWords(arms: readonly ArmResult[], injected: readonly FaultEvidence[]): string {
  const told = injected.flatMap(({ server }) => (server?.from === 'toxics' ? [server] : []))
  if (told.length > 0) {
    const confirmed = told.filter((server) => bittenUsers(server) > 0).length
    const of = told.length === injected.length ? 'them' : `the ${told.length} that it tells of`
    return `Toxiproxy itself saw users bitten by ${confirmed === 0 ? 'none' : confirmed} of ${of}`
  }
  const witnesses = new Set(arms.map(({ witness }) => witness))
  if (witnesses.has('events'))
    // Toxiproxy reports a toxic when it is removed. In an arm that was cut short this may not have happened yet.
    return arms.some(({ ending }) => ending !== 'finished')
      ? 'Toxiproxy had told of none of them when the arm was cut short'
      : 'none of them is a toxic, so Toxiproxy cannot tell'
  if (witnesses.has('metrics'))
    return 'this Toxiproxy keeps no account of its toxics, only of the bytes of a link'
  return 'this Toxiproxy keeps no account of its toxics'
}
