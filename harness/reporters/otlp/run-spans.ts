import type { EventOf, JournalEvent } from '../../journal/events.ts'
import { readJournal } from '../../journal/reader.ts'
import { type Turn, turnsOf } from '../../journal/turns.ts'
import type { Plan } from '../../model/plan.ts'
import type { ArmResult, RunResult, ScenarioResult } from '../../model/result.ts'
import { readRun, readVerdict } from '../reading.ts'
import { armLink, armSpans } from './arm-spans.ts'
import { type ArmTrace, armTrace, noteInArm } from './arm-trace.ts'
import { runTraceIdOf, spanIdOf } from './ids.ts'
import {
  attributes,
  failed,
  internal,
  type KeyValue,
  lasting,
  type Span,
  sampledFlag,
  statusOk,
} from './message.ts'
import { resourceOfArm, resourceOfRun } from './resource.ts'
import { isSampled, type Kept, visitSet } from './sampling.ts'
import { traceOf, type VisitsOf, visitSpans } from './visit-spans.ts'

/** Takes spans of one resource, which is the same object each time. `last`: no more of it come. */
export type Emit = (resource: readonly KeyValue[], spans: readonly Span[], last: boolean) => void

/**
 * Tells a run as spans while its journal is read, twice: first for which visits were not served anywhere, then for the
 * spans. What is in memory is a bit for each visit, and acts, faults and actions of the arms under way.
 * @throws BadInput when the journal cannot be read
 */
export async function spansOfRun(journal: string, result: RunResult, emit: Emit): Promise<void> {
  const survey = await surveyed(journal)
  const telling = tellingOf(result, survey, emit)
  await readJournal(journal, telling.take)
  telling.end()
}

interface Survey {
  /** Visits that were not served in some arm. */
  readonly unserved: ReturnType<typeof visitSet>
  /** How often each arm was run. */
  attemptsOf(turn: Pick<Turn, 'scenario' | 'arm'>): number
}

async function surveyed(journal: string): Promise<Survey> {
  const unserved = visitSet()
  const attempts = new Map<string, number>()
  const keyOf = ({ scenario, arm }: Pick<Turn, 'scenario' | 'arm'>): string => JSON.stringify([scenario, arm])
  const turns = turnsOf()
  await readJournal(journal, (event) => {
    const turn = turns.of(event)
    if (turn === null) return
    if (event.kind === 'arm.started') attempts.set(keyOf(turn), turn.attempt)
    if (event.kind === 'observation' && !event.ok) unserved.add(turn.scenario, event.stream, event.n)
  })
  return { unserved, attemptsOf: (turn) => attempts.get(keyOf(turn)) ?? 0 }
}

interface Lasted {
  from: number
  to: number
}

interface OpenArm {
  readonly trace: ArmTrace
  readonly visits: VisitsOf
  readonly resource: readonly KeyValue[]
}

function tellingOf(result: RunResult, { unserved, attemptsOf }: Survey, emit: Emit) {
  const turns = turnsOf()
  const plans = new Map<string, Plan>()
  const scenarios = new Map<string, Lasted>()
  const open = new Map<Turn, OpenArm>()
  let run: EventOf<'run.started'> | undefined
  let lastAt = 0

  const resultOf = (turn: Turn): ArmResult | undefined => {
    if (turn.attempt !== attemptsOf(turn)) return undefined
    const { arms } = result.scenarios.find(({ scenario }) => scenario === turn.scenario) ?? { arms: [] }
    return arms.find(({ arm }) => arm === turn.arm)
  }

  const close = (turn: Turn, ended?: EventOf<'arm.ended'>): void => {
    const arm = open.get(turn)
    if (arm === undefined) return
    open.delete(turn)
    emit(
      arm.resource,
      armSpans(arm.trace, scenarioSpanId(result.run, turn.scenario), ended, lastAt, resultOf(turn)),
      true,
    )
  }

  const begin = (turn: Turn, event: EventOf<'arm.started'>): void => {
    const trace = armTrace(result.run, turn, event, plans.get(turn.scenario))
    const visits = { run: result.run, seed: run!.seed, turn, arm: armLink(trace) }
    open.set(turn, { trace, visits, resource: resourceOfArm(run!, turn) })
    if (!scenarios.has(turn.scenario)) scenarios.set(turn.scenario, { from: event.at, to: event.at })
  }

  const keptOf = (turn: Turn, visit: EventOf<'observation'>): Kept | null => {
    if (!visit.ok) return 'not-served'
    if (unserved.has(turn.scenario, visit.stream, visit.n)) return 'not-served-in-another-arm'
    return isSampled(traceOf(run!, visit)) ? 'by-trace-id' : null
  }

  const visited = (turn: Turn, visit: EventOf<'observation'>): void => {
    const arm = open.get(turn)
    if (arm === undefined) return
    const { trace, visits, resource } = arm
    trace.visits.all++
    const kept = keptOf(turn, visit)
    if (kept === null) return
    trace.visits.told++
    emit(resource, visitSpans(visits, visit, kept), false)
  }

  const inArm = (turn: Turn, event: JournalEvent): void => {
    const lasted = scenarios.get(turn.scenario)
    if (lasted === undefined) return
    lasted.to = event.at
    if (event.kind === 'observation') visited(turn, event)
    else if (event.kind === 'arm.ended') close(turn, event)
    else if (open.has(turn)) noteInArm(open.get(turn)!.trace, event)
  }

  return {
    take(event: JournalEvent): void {
      const turn = turns.of(event)
      lastAt = Math.max(lastAt, event.at)
      if (event.kind === 'run.started') run = event
      else if (event.kind === 'scenario.started') plans.set(event.plan.scenario, event.plan)
      else if (event.kind === 'arm.started') {
        // An arm that starts again without an end: what was written of it is told as it is.
        for (const other of open.keys())
          if (other.scenario === event.scenario && other.arm === event.arm) close(other)
        begin(turn!, event)
      } else if (turn !== null) inArm(turn, event)
    },
    end(): void {
      for (const turn of [...open.keys()]) close(turn)
      const spans = [...scenarios].map(([name, lasted]) =>
        scenarioSpan(
          result.run,
          name,
          lasted,
          result.scenarios.find(({ scenario }) => scenario === name),
        ),
      )
      emit(resourceOfRun(run!), [runSpan(result, { from: run!.at, to: lastAt }), ...spans], true)
    },
  }
}

function scenarioSpanId(run: string, scenario: string): string {
  return spanIdOf(run, scenario, 'scenario')
}

function scenarioSpan(
  run: string,
  name: string,
  { from, to }: Lasted,
  told: ScenarioResult | undefined,
): Span {
  const status = {
    holds: 'success',
    deviates: 'failure',
    vacuous: 'failure',
    inconclusive: undefined,
  } as const
  const meaning = told === undefined ? undefined : readVerdict(told.verdict).meaning
  return {
    traceId: runTraceIdOf(run),
    spanId: scenarioSpanId(run, name),
    parentSpanId: spanIdOf(run, 'run'),
    name: name.toWellFormed(),
    kind: internal,
    flags: sampledFlag,
    ...lasting(from, to),
    attributes: attributes({
      'chaos.scenario': name,
      'chaos.title': told?.title,
      'chaos.verdict': told?.verdict,
      'chaos.said': told?.said,
      'chaos.facts': told?.facts,
      'test.suite.name': name,
      'test.suite.run.status': told === undefined ? undefined : status[told.verdict],
    }),
    ...(meaning === 'wanted' && { status: { code: statusOk } }),
    ...(meaning === 'unwanted' && { status: failed(`${told!.verdict}: ${told!.said}`) }),
  }
}

function runSpan(result: RunResult, { from, to }: Lasted): Span {
  const { meaning, words } = readRun(result)
  return {
    traceId: runTraceIdOf(result.run),
    spanId: spanIdOf(result.run, 'run'),
    name: 'run',
    kind: internal,
    flags: sampledFlag,
    ...lasting(from, to),
    attributes: attributes({
      'chaos.verdict': result.verdict,
      'chaos.ending': result.ending,
      'process.exit.code': BigInt(result.exitCode),
    }),
    ...(meaning === 'wanted' && { status: { code: statusOk } }),
    ...(meaning === 'unwanted' && { status: failed(words) }),
  }
}
