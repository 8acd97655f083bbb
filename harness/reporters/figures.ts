import { effectiveWords, percent } from '../checks/figures.ts'
import { bittenUsers } from '../judging/server-evidence.ts'
import type { CheckResult, Evidence } from '../model/check.ts'
import type { FaultEvidence, ScenarioResult } from '../model/result.ts'
import { formatMs } from '../model/units.ts'
import { count } from '../model/words.ts'
import { numberInWords } from './parameters.ts'

/**
 * A check's evidence in one phrase: `99.1 % [97.8 % … 99.7 %], n 450` (`, n_eff 61` where failures came in bursts). An
 * end of the interval that the sample cannot bound is `?`. What is counted, not estimated, only the check itself can say
 * (`161 of 161 were served`, `3 records break it`): there it is the check's own sentence.
 */
export function evidenceInWords({ evidence, said }: Pick<CheckResult, 'evidence' | 'said'>): string {
  if (evidence === null || evidence.estimate === null || evidence.unit === 'count') return said
  const { n, unit, estimate, interval } = evidence
  const figure = (value: number | null): string => (value === null ? '?' : inUnit(value, unit))
  const exact = interval === null || interval.every((end) => end === estimate)
  if (exact && n === 1) return figure(estimate)
  const range = exact ? '' : ` [${figure(interval[0])} … ${figure(interval[1])}]`
  return `${figure(estimate)}${range}, n ${n}${effectiveWords(evidence)}`
}

/** What a check's figure is held against: `≥ 95 %`; empty where something is counted, of which none may be. */
export function thresholdInWords(evidence: Evidence | null): string {
  if (evidence === null || evidence.unit === 'count') return ''
  return `${evidence.good === 'at least' ? '≥' : '≤'} ${inUnit(evidence.threshold, evidence.unit)}`
}

function inUnit(value: number, unit: Exclude<Evidence['unit'], 'count'>): string {
  switch (unit) {
    case 'share':
      return percent(value)
    case 'ms':
      return formatMs(value)
    case 'per second':
      return `${numberInWords(Math.abs(value) < 1000 ? Number(value.toPrecision(3)) : Math.round(value))}/s`
  }
}

/** Of arms that end one after the other: `3 of 15`, or that it was run once more, which counts for none. */
export function placesOf(all: number): (retries: readonly string[]) => string {
  let ended = 0
  return (retries) => (retries.length > 0 ? 'once more' : `${++ended} of ${all}`)
}

/** What a pipeline may do about an inconclusive scenario; empty where there is a verdict. */
export function repeatInWords({ repeat }: Pick<ScenarioResult, 'repeat'>): string[] {
  if (repeat === null) return []
  return [`${repeat.helps ? 'a repeat may help' : 'a repeat cannot help'}: ${repeat.said}`]
}

/** Who saw a fault bite that was injected: `by its probe and by Toxiproxy: 37 connections, first after 3 ms, 12 kB dropped`. */
export function seenInWords({ bit, server, injectedAtMs }: FaultEvidence): string {
  const probe = bit ? 'by its probe' : 'not by its probe'
  if (server === null) return probe
  if (server.from === 'metrics')
    return `${probe}; by Toxiproxy's metrics ${bytesOf(server.receivedBytes)} came to the link, ${bytesOf(server.sentBytes)} went on`
  const users = bittenUsers(server)
  if (users === 0)
    return `${probe}; by Toxiproxy it bit no connection${server.probeConnections > 0 ? " but the probe's own" : ''}`
  const did = [
    ...some(server.delayedChunks, 'chunk', 'delayed'),
    ...some(server.slicedChunks, 'chunk', 'sliced'),
    ...some(server.answeredRequests, 'request', 'answered'),
    ...(server.droppedBytes > 0 ? [`${bytesOf(server.droppedBytes)} dropped`] : []),
    ...some(server.cuts, 'stream', 'cut'),
  ]
  // Toxiproxy had the toxic a moment before the harness was told so.
  const firstMs = Math.max(0, (server.firstBiteAtMs ?? 0) - (injectedAtMs ?? 0))
  return `${probe} ${bit ? 'and' : 'but'} by Toxiproxy: ${[count(users, 'connection'), `first after ${formatMs(firstMs)}`, ...did].join(', ')}`
}

function some(n: number, noun: string, done: string): string[] {
  return n > 0 ? [`${count(n, noun)} ${done}`] : []
}

function bytesOf(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  const [size, unit] = bytes < 1e6 ? [bytes / 1e3, 'kB'] : [bytes / 1e6, 'MB']
  return `${numberInWords(size < 1000 ? Number(size.toPrecision(3)) : Math.round(size))} ${unit}`
}

/** A length of time for people, from seconds to minutes: `17.2 s`, `1 min 44 s`. */
export function lengthOf(ms: number): string {
  if (ms < 60_000) return formatMs(ms < 1000 ? ms : Math.round(ms / 100) * 100)
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}
