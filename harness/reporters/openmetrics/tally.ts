import type { EventOf, JournalEvent } from '../../journal/events.ts'
import { readJournal } from '../../journal/reader.ts'
import { type Turn, turnsOf } from '../../journal/turns.ts'
import { binOf } from '../../judging/series.ts'
import { isException } from '../../load/exception.ts'
import type { ArmResult, RunResult } from '../../model/result.ts'

/** What an arm's journal adds to its result. Times are epoch ms. */
export interface ArmTally {
  readonly scenario: string
  readonly result: ArmResult
  /** Its first act began; undefined where none did. */
  startedAt: number | undefined
  endedAt: number
  readonly journeys: ReadonlyMap<string, JourneyTally>
  readonly faults: { readonly fault: string; readonly from: number; to?: number }[]
}

/** Visits of one journey, in the bins of its series. */
export interface JourneyTally {
  readonly binMs: number
  readonly outcomes: Map<
    string,
    { readonly outcome: string; readonly served: boolean; readonly bins: Uint32Array }
  >
  /** How long those who were served took, all together, ms. */
  readonly servedMs: Float64Array
}

/** More outcomes of a journey are one, `other`: an outcome may hold anything. */
const mostOutcomes = 100

/**
 * Counts a run's visits while its journal is read. Of an arm that was repeated the last time counts, as in the result.
 * @throws BadInput when the journal cannot be read
 */
export async function tallied(
  journal: string,
  run: RunResult,
): Promise<{ readonly arms: ArmTally[]; readonly endedAt: number }> {
  const turns = turnsOf()
  const tallies = new Map<string, ArmTally>()
  let current: Turn | null = null
  let tally: ArmTally | undefined
  let endedAt = 0
  const take = (event: JournalEvent): void => {
    endedAt = Math.max(endedAt, event.at)
    const turn = turns.of(event)
    if (turn === null) return
    const key = JSON.stringify([turn.scenario, turn.arm])
    if (event.kind === 'arm.started') {
      const fresh = emptyTally(turn, run)
      if (fresh !== undefined) tallies.set(key, fresh)
    }
    if (turn !== current) tally = tallies.get(key)
    current = turn
    if (tally !== undefined) note(tally, event)
  }
  await readJournal(journal, take)
  return { arms: [...tallies.values()], endedAt }
}

function emptyTally({ scenario, arm }: Turn, run: RunResult): ArmTally | undefined {
  const { arms } = run.scenarios.find((one) => one.scenario === scenario) ?? { arms: [] }
  const result = arms.find((one) => one.arm === arm)
  if (result === undefined) return undefined
  const journeys = Object.entries(result.journeys).map(([journey, { series }]): [string, JourneyTally] => [
    journey,
    { binMs: series.binMs, outcomes: new Map(), servedMs: new Float64Array(series.arrivals.length) },
  ])
  return { scenario, result, startedAt: undefined, endedAt: 0, journeys: new Map(journeys), faults: [] }
}

function note(tally: ArmTally, event: JournalEvent): void {
  tally.endedAt = event.at
  switch (event.kind) {
    case 'act.started':
      tally.startedAt ??= event.at
      break
    case 'observation':
      count(tally, event)
      break
    case 'fault.injected':
      tally.faults.push({ fault: event.fault, from: event.at })
      break
    case 'fault.reverted': {
      const fault = tally.faults.findLast((one) => one.fault === event.fault)
      if (fault !== undefined) fault.to ??= event.at
    }
  }
}

/** In the bin in which the visit was due, as the curves of reports have it. */
function count({ startedAt, journeys }: ArmTally, event: EventOf<'observation'>): void {
  const journey = journeys.get(event.journey)
  if (journey === undefined || startedAt === undefined) return
  const { binMs, servedMs, outcomes } = journey
  const bin = binOf(event.due - startedAt, { binMs, bins: servedMs.length })
  // An exception's message is no name of an outcome.
  const named = isException(event.outcome) ? 'error' : event.outcome
  const outcome = outcomes.has(keyOf(event.ok, named)) || outcomes.size < mostOutcomes ? named : 'other'
  const key = keyOf(event.ok, outcome)
  const held = outcomes.get(key) ?? { outcome, served: event.ok, bins: new Uint32Array(servedMs.length) }
  outcomes.set(key, held)
  held.bins[bin]!++
  if (event.ok) servedMs[bin]! += event.tookMs
}

function keyOf(served: boolean, outcome: string): string {
  return `${served} ${outcome}`
}
