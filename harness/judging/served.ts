import type { Observations } from '../journal/observations.ts'
import type { ArmRecord } from '../journal/record.ts'
import { baselineMs } from '../model/acts.ts'
import { isServiceLevel } from '../model/check.ts'

/** The visits of one stream of arrivals, by number. The same number is the same visit in every arm. */
interface StreamVisits {
  /** 0: no such visit; 1: not served; 2: served. */
  readonly state: Uint8Array
  /** Intended start, ms from the arm's start. */
  readonly dueMs: Float64Array
}

/** Of one journey: which visits were served, by stream. */
export type Served = ReadonlyMap<string, StreamVisits>

/**
 * Which visits of an arm were served for the journeys that service levels read. This is all that is kept of an arm
 * after it was judged, to compare it with other arms. Baseline visits are left out: there was no fault to be saved from.
 */
export function servedIn(record: ArmRecord): ReadonlyMap<string, Served> {
  const journeys = new Set(record.plan.checks.filter(isServiceLevel).flatMap(({ journeys }) => journeys))
  const fromMs = baselineMs(record.plan.acts)
  const served = new Map<string, Served>()
  for (const journey of journeys) {
    const visits = record.observations.get(journey)
    if (visits !== undefined) served.set(journey, servedOf(visits, fromMs))
  }
  return served
}

function servedOf(visits: Observations, fromMs: number): Served {
  const last = new Map<string, number>()
  for (let row = 0; row < visits.size; row++) {
    const stream = visits.stream(row)
    last.set(stream, Math.max(last.get(stream) ?? 0, visits.arrival[row]!))
  }
  const streams = new Map(
    [...last].map(([stream, arrival]): [string, StreamVisits] => [
      stream,
      { state: new Uint8Array(arrival + 1), dueMs: new Float64Array(arrival + 1) },
    ]),
  )
  for (let row = 0; row < visits.size; row++) {
    if (visits.dueMs[row]! < fromMs) continue
    const { state, dueMs } = streams.get(visits.stream(row))!
    state[visits.arrival[row]!] = visits.ok[row] === 1 ? 2 : 1
    dueMs[visits.arrival[row]!] = visits.dueMs[row]!
  }
  return streams
}

/** The same visits in two arms, in order of their due times: 1 was served, 0 was not. */
export interface Pairs {
  readonly a: Uint8Array
  readonly b: Uint8Array
  /** When each was due, ms from the arm's start. */
  readonly dueMs: Float64Array
  /** Visits that only one of the arms had. */
  readonly unmatched: number
}

/** Matches the visits of two arms by stream and number. */
export function pairsOf(a: Served, b: Served): Pairs {
  const pairs: { dueMs: number; a: number; b: number }[] = []
  let unmatched = 0
  for (const stream of new Set([...a.keys(), ...b.keys()])) {
    const inA = a.get(stream)
    const inB = b.get(stream)
    const length = Math.max(inA?.state.length ?? 0, inB?.state.length ?? 0)
    for (let n = 0; n < length; n++) {
      const stateA = inA?.state[n] ?? 0
      const stateB = inB?.state[n] ?? 0
      if (stateA > 0 && stateB > 0) pairs.push({ dueMs: inA!.dueMs[n]!, a: stateA - 1, b: stateB - 1 })
      else if (stateA + stateB > 0) unmatched++
    }
  }
  pairs.sort((one, other) => one.dueMs - other.dueMs)
  return {
    a: Uint8Array.from(pairs, (pair) => pair.a),
    b: Uint8Array.from(pairs, (pair) => pair.b),
    dueMs: Float64Array.from(pairs, (pair) => pair.dueMs),
    unmatched,
  }
}
