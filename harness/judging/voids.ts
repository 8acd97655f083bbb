import { forbiddenBy } from '../checks/never.ts'
import type { ArmRecord } from '../journal/record.ts'
import type { Ending, FaultEvidence, Void } from '../model/result.ts'
import { faultVoids } from './fault-voids.ts'
import { appliesTo } from './judge-check.ts'
import { generatorVoids, standstillVoids, wasBusy } from './machine-voids.ts'
import { lasting, passing } from './void.ts'

/** The baseline needs so many visits, of all journeys together. † ours: with fewer the gate is a guess. */
const minBaselineVisits = 10

/** How an arm came to its end; a journal that stops in its middle makes it failed. */
export function endingOf(record: ArmRecord): { ending: Ending; error?: string } {
  if (record.ended === null) return { ending: 'failed', error: 'the journal stops in the middle of this arm' }
  const { outcome, error } = record.ended
  return { ending: outcome, ...(error !== undefined && { error }) }
}

/** What voids an arm. */
export function voidsOf(record: ArmRecord, faults: readonly FaultEvidence[]): Void[] {
  return [
    ...endingVoids(record),
    ...damageVoids(record),
    ...deathVoids(record),
    ...standstillVoids(record),
    ...faultVoids(record, faults),
    ...actionVoids(record),
    ...generatorVoids(record),
    ...baselineVoids(record),
  ]
}

function endingVoids(record: ArmRecord): Void[] {
  const { ending, error } = endingOf(record)
  if (ending === 'finished') return []
  const why = error === undefined ? '' : `: ${error}`
  return [
    ending === 'failed'
      ? lasting('ending', `the arm failed${why}`)
      : passing('ending', `the arm was interrupted${why}`),
  ]
}

function damageVoids({ damagedLines }: ArmRecord): Void[] {
  if (damagedLines.length === 0) return []
  const said = `the journal was damaged while this arm was under way: line ${damagedLines.join(', ')} could not be read`
  return [passing('journal', said)]
}

/** An operator could not do it, or it was not seen to work: then the arm shows nothing of what follows from it. */
function actionVoids({ actions }: ArmRecord): Void[] {
  return actions.flatMap((event) => {
    if (event.kind === 'action.failed')
      return [lasting('action', `action '${event.action}' failed: ${event.said}`)]
    if (event.kind === 'action.seen' && !event.seen)
      return [lasting('action', `action '${event.action}' was not seen to work: ${event.said}`)]
    return []
  })
}

function deathVoids(record: ArmRecord): Void[] {
  return record.deaths.map(({ service, code, signal, log }) => {
    const how = signal === null ? `exit code ${code}` : signal
    return lasting('death', `service ${service} died and nobody had stopped it (${how}): see ${log}`)
  })
}

/** A baseline that is not steady on an idle host is not steady the next time either. */
function baselineVoids(record: ArmRecord): Void[] {
  const [baseline] = record.acts
  if (baseline === undefined) return [lasting('baseline', 'the arm did not come to its baseline')]
  const unsteady = wasBusy(baseline) ? passing : lasting
  const wanted = record.plan.baselineAtLeast
  const voids: Void[] = []
  let total = 0
  const { load, acts } = record.plan
  const forbidden = forbiddenBy(record.plan.checks.filter((check) => appliesTo(check, record)))
  const early = load.filter(({ act }) => act === undefined || act === acts[0]?.name)
  for (const journey of new Set(early.map((stream) => stream.journey))) {
    const { n, ok } = succeededWithin(record, journey, baseline, (outcome) => forbidden(journey, outcome))
    total += n
    if (n === 0)
      voids.push(lasting('baseline', `baseline gate: no visit of ${journey} was due in the baseline`))
    else if (ok / n < wanted)
      voids.push(
        unsteady(
          'baseline',
          `baseline gate: ${ok} of ${n} visits of ${journey} succeeded before any fault, at least ${Math.round(wanted * 100)} % must`,
        ),
      )
  }
  if (total < minBaselineVisits)
    voids.push(
      lasting(
        'baseline',
        `too few samples: ${total} visits in the baseline, at least ${minBaselineVisits} are needed`,
      ),
    )
  return voids
}

/**
 * A failure that was under way for less than this when the baseline ended says nothing of it: it may have met the fault, ms.
 * One that was under way for longer does: it was not being served. † ours: several times an ordinary visit.
 */
const cutOffMs = 1000

function succeededWithin(
  record: ArmRecord,
  journey: string,
  { fromMs, toMs }: { fromMs: number; toMs: number },
  isForbidden: (outcome: string) => boolean,
): { n: number; ok: number } {
  const visits = record.observations.get(journey)
  let n = 0
  let ok = 0
  for (let row = 0; row < (visits?.size ?? 0); row++) {
    const due = visits!.dueMs[row]!
    if (due < fromMs || due >= toMs) continue
    const mayHaveMetFault = due > toMs - cutOffMs && due + visits!.tookMs[row]! > toMs
    if (visits!.ok[row] === 0 && mayHaveMetFault) continue
    n++
    // What a guard forbids is that guard's finding: it says nothing of how steady the baseline was.
    ok += visits!.ok[row] === 1 || isForbidden(visits!.outcome(row)) ? 1 : 0
  }
  return { n, ok }
}
