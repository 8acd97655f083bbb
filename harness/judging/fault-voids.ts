import type { ArmRecord } from '../journal/record.ts'
import { setupOf } from '../model/arms.ts'
import type { FaultSpec } from '../model/fault.ts'
import type { FaultEvidence, Void } from '../model/result.ts'
import { formatMs } from '../model/units.ts'
import { bittenUsers } from './server-evidence.ts'
import { lasting, passing } from './void.ts'

/** What evidence of an arm's faults is missing, or contradicts them. */
export function faultVoids(record: ArmRecord, faults: readonly FaultEvidence[]): Void[] {
  const owed = setupOf(record.plan, record.arm).faults.length > 0
  if (owed !== record.faultsOn)
    return [
      lasting(
        'fault',
        owed ? 'this arm was to have the faults and had none' : 'this arm was to have no fault and had them',
      ),
    ]
  if (!record.faultsOn)
    return [...new Set(record.injected.map((e) => e.fault))].map((fault) =>
      lasting('fault', `${fault} was injected although this arm was to have no fault`),
    )
  const problems = faults.flatMap(
    (evidence) => faultProblem(evidence, record.plan.faults.find(({ id }) => id === evidence.fault)!) ?? [],
  )
  return problems.length > 0 ? problems : contradictions(record, faults)
}

/**
 * For an arm in which every probe saw its fault, and Toxiproxy contradicts all of them. If it confirms one fault, or
 * cannot tell of one, that is enough: a link behind one that is cut stays silent, whatever toxic it has. A fault that met
 * no user voids only the untreated arm: in the treated arm the measure may have kept users away from it.
 */
function contradictions(record: ArmRecord, faults: readonly FaultEvidence[]): Void[] {
  const accounts = faults.map(({ server }) => server)
  if (faults.length === 0 || !accounts.every((account) => account?.from === 'toxics')) return []
  const names = faults.map(({ fault }) => fault).join(', ')
  if (accounts.every(({ bittenConnections }) => bittenConnections === 0))
    return [
      lasting(
        'fault',
        `the probe saw ${names} bite, but Toxiproxy says that no connection was bitten, not even the probe's own: what it saw was something else`,
      ),
    ]
  if (record.arm === 'untreated' && accounts.every((account) => bittenUsers(account) === 0))
    return [
      lasting(
        'fault',
        `${names} touched no user: Toxiproxy says that it bit no connection but the probe's own`,
      ),
    ]
  return []
}

/**
 * The first thing that is wrong with the evidence of one fault. What a probe could not tell (`bites: null`: it timed out,
 * it was cut off) may come of the machine; what it saw does not.
 */
function faultProblem(evidence: FaultEvidence, spec: FaultSpec): Void | null {
  const { fault, injectedAtMs, revertedAtMs } = evidence
  if (injectedAtMs === null) return lasting('fault', `${fault} was never injected`)
  return (
    notSeenToBite(evidence) ??
    latenessOf(evidence, spec) ??
    notSeenBefore(evidence) ??
    (revertedAtMs === null ? lasting('fault', `${fault} was never reverted`) : notSeenGone(evidence))
  )
}

function notSeenToBite(evidence: FaultEvidence): Void | null {
  const { fault, bit } = evidence
  const during = sightingsOf(evidence, 'during')
  if (bit) return null
  if (during.length === 0) return passing('fault', `${fault} was not probed while it was on`)
  const said = `${fault} was not seen to bite by its own probe: ${during.at(-1)!.said}${butToxiproxy(evidence)}`
  return (during.every(({ bites }) => bites === null) ? passing : lasting)('fault', said)
}

function notSeenBefore(evidence: FaultEvidence): Void | null {
  const { fault } = evidence
  const before = sightingsOf(evidence, 'before')
  const early = before.find(({ bites }) => bites === true)
  if (early !== undefined)
    return passing('fault', `${fault} seemed to bite before it was injected: ${early.said}`)
  if (before.length === 0)
    return passing('fault', `${fault} was not probed before it was injected: its bite may be an old one`)
  return before.some(({ bites }) => bites === false)
    ? null
    : passing(
        'fault',
        `${fault} could not be told before it was injected, so its bite may be an old one: ${before.at(-1)!.said}`,
      )
}

function notSeenGone(evidence: FaultEvidence): Void | null {
  const { fault } = evidence
  const after = sightingsOf(evidence, 'after')
  if (after.some(({ bites }) => bites === false)) return null
  if (after.length === 0)
    return passing('fault', `${fault} was not probed after it was reverted: it may be there still`)
  const said = `${fault} was not seen gone after it was reverted: ${after.at(-1)!.said}`
  return (after.every(({ bites }) => bites === null) ? passing : lasting)('fault', said)
}

function sightingsOf({ sightings }: FaultEvidence, when: FaultEvidence['sightings'][number]['when']) {
  return sightings.filter((sighting) => sighting.when === when)
}

/** Share of its life by which a fault may come or go late. † ours: a tenth, so that arms have nearly the same fault. */
const lateShare = 0.1

function latenessOf({ fault, injectedLateMs, revertedLateMs }: FaultEvidence, spec: FaultSpec): Void | null {
  const mostMs = lateShare * (spec.toMs - spec.fromMs)
  for (const [what, lateMs] of [
    ['injected', injectedLateMs],
    ['reverted', revertedLateMs],
  ] as const)
    if (lateMs !== null && lateMs > mostMs)
      return passing(
        'fault',
        `${fault} was ${what} ${formatMs(lateMs)} late, at most ${formatMs(mostMs)} allowed (a tenth of its life)`,
      )
  return null
}

/** What to add when Toxiproxy contradicts the probe: two witnesses who disagree are no evidence. */
function butToxiproxy({ server }: FaultEvidence): string {
  if (server?.from !== 'toxics' || server.bittenConnections === 0) return ''
  return ` (but Toxiproxy says that it bit ${server.bittenConnections} connections: the two do not agree)`
}
