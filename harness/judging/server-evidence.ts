import type { ArmRecord } from '../journal/record.ts'
import type { ArmResult, ServerEvidence } from '../model/result.ts'
import type { ToxicTotals } from '../model/toxics.ts'

/** What Toxiproxy itself says of a fault of an arm. Null: it could not say, was not heard, or the fault has no toxics. */
export function serverEvidence(record: ArmRecord, fault: string): ServerEvidence | null {
  if (record.witness === 'events') return fromToxics(record, fault)
  if (record.witness === 'metrics') return fromMetrics(record, fault)
  return null
}

/** Connections that a fault's toxics bit and that were not its probe's. */
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
    // Two toxics of a fault may bite the same connection; of bites that were not heard the totals still tell.
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

/** Who saw the faults of a scenario bite, in one sentence. */
export function standsOn(arms: readonly ArmResult[]): string {
  const injected = arms.flatMap(({ faults }) => faults.filter(({ injectedAtMs }) => injectedAtMs !== null))
  if (injected.length === 0) return 'no fault was injected'
  const seen = injected.filter(({ bit }) => bit)
  const confirmed = seen.filter(({ server }) => server?.from === 'toxics' && bittenUsers(server) > 0)
  const byProbe = `faults seen to bite by their own probes: ${seen.length} of ${injected.length}`
  if (confirmed.length > 0)
    return `${byProbe}; Toxiproxy itself saw users bitten by ${confirmed.length} of them`
  return `${byProbe}; ${whyNotConfirmed(arms)}`
}

function whyNotConfirmed(arms: readonly ArmResult[]): string {
  const witnesses = new Set(arms.map(({ witness }) => witness))
  if (witnesses.has('events'))
    return arms.some(({ faults }) => faults.some(({ server }) => server !== null))
      ? 'Toxiproxy itself saw no user bitten'
      : 'none of them is a toxic, of which Toxiproxy could tell'
  if (witnesses.has('metrics'))
    return 'this Toxiproxy keeps no account of its toxics, only of the bytes of a link'
  return 'this Toxiproxy keeps no account of its toxics'
}
