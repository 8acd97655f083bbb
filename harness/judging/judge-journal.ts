import { BadInput, messageOf } from '../errors.ts'
import type { EventOf, JournalEvent } from '../journal/events.ts'
import { type ArmFold, foldArm } from '../journal/fold-arm.ts'
import { readJournal } from '../journal/reader.ts'
import { type Arm, ablationArms, gateArms } from '../model/arms.ts'
import type { Plan } from '../model/plan.ts'
import type { Ending, RunResult, ScenarioResult } from '../model/result.ts'
import type { JudgedArm } from './effects.ts'
import { judgeArm } from './judge-arm.ts'
import { judgeScenario } from './judge-scenario.ts'
import { servedIn } from './served.ts'
import { exitCodeOf, worstVerdict } from './verdicts.ts'

/**
 * Judges the journal of a run that finished or broke off. An arm without an end has failed: its journal stops in the
 * middle.
 * @throws BadInput where the file cannot be read, or an event is not what its kind says or comes before what it belongs to
 */
export async function judgeJournal(path: string): Promise<RunResult> {
  const journal = foldJournal()
  await readJournal(path, checked(journal))
  return journal.result()
}

/** The same of events that are at hand. */
export function judgeEvents(events: Iterable<JournalEvent>): RunResult {
  const journal = foldJournal()
  const take = checked(journal)
  for (const event of events) take(event)
  return journal.result()
}

function checked(journal: JournalFold): (event: JournalEvent) => void {
  let number = 0
  return (event) => {
    number++
    try {
      journal.add(event)
    } catch (thrown) {
      throw new BadInput([`the journal is corrupt: event ${number} (${event.kind}): ${messageOf(thrown)}`])
    }
  }
}

/** A journal folded event by event, as it is written or read. */
export interface JournalFold {
  add(event: JournalEvent): void
  /** The verdict on a scenario as far as its arms have ended. */
  scenario(name: string): ScenarioResult
  /** The verdict on the whole run; an arm without an end has failed. */
  result(): RunResult
}

interface Folding {
  readonly plan: Plan
  /** By arm, the last attempt; of arms that have ended only results are kept, not their visits in full. */
  readonly judged: Map<Arm, JudgedArm>
  readonly open: Map<Arm, ArmFold>
  /** Why an arm was run again, by arm, oldest first. */
  readonly again: Map<Arm, string[]>
}

/** Folds a journal: the same code for a run under way and for one read back, so the same verdict. */
export function foldJournal(): JournalFold {
  const scenarios = new Map<string, Folding>()
  let run: EventOf<'run.started'> | null = null
  let ended: EventOf<'run.ended'> | null = null
  let turn: { folding: Folding; arm: Arm } | null = null
  let lastAt = 0
  let isDamaged = false
  /** Whether the plan of a scenario was on a damaged line: its arms cannot be judged. */
  let lacksPlan = false

  function take(scenario: string, arm: Arm): { folding: Folding; arm: Arm } | null {
    const folding = scenarios.get(scenario)
    if (folding !== undefined) return { folding, arm }
    if (!isDamaged) throw new RangeError(`there is no plan of '${scenario}' before it`)
    lacksPlan = true
    return null
  }

  function add(event: JournalEvent): void {
    lastAt = Math.max(lastAt, event.at)
    switch (event.kind) {
      case 'run.started':
        run = event
        break
      case 'scenario.started':
        if (!scenarios.has(event.plan.scenario)) scenarios.set(event.plan.scenario, emptyFolding(event.plan))
        break
      case 'arm.turn':
        turn = take(event.scenario, event.arm)
        break
      case 'arm.started':
        turn = take(event.scenario, event.arm)
        if (turn !== null) begin(turn.folding, event)
        break
      case 'run.ended':
        ended = event
        break
      // The damaged line may have been an `arm.turn`, so lines of any arm under way may be missing.
      case 'journal.damaged':
        isDamaged = true
        for (const { open } of scenarios.values()) for (const fold of open.values()) fold.add(event)
        break
      default:
        turn?.folding.open.get(turn.arm)?.add(event)
        if (event.kind === 'arm.ended' && turn !== null) close(turn.folding, turn.arm)
    }
  }

  function result(): RunResult {
    if (run === null) throw new BadInput(['the journal is corrupt: it has no run.started'])
    const judged = [...scenarios.values()].map((folding) => {
      for (const arm of [...folding.open.keys()]) close(folding, arm)
      return judgedScenario(folding)
    })
    const ending: Ending = ended?.outcome ?? 'failed'
    const verdicts = judged.map((scenario) => scenario.verdict)
    const verdict = worstVerdict(lacksPlan ? [...verdicts, 'inconclusive'] : verdicts)
    return {
      version: 2,
      run: run.run,
      seed: run.seed,
      startedAt: new Date(run.at).toISOString(),
      tookMs: lastAt - run.at,
      ending,
      runtime: run.runtime,
      driver: run.driver,
      toxiproxy: run.toxiproxy,
      verdict,
      exitCode: exitCodeOf({ ending, scenarios: judged }, verdict),
      scenarios: judged,
      notRun: notRunOf(run, judged),
    }
  }

  return { add, scenario: (name) => judgedScenario(scenarios.get(name)!), result }
}

/** Arms that were planned and of which the journal has no beginning. */
function notRunOf(
  { planned = [] }: EventOf<'run.started'>,
  judged: readonly ScenarioResult[],
): RunResult['notRun'] {
  return planned.flatMap(({ scenario, arms }) => {
    const begun = judged.find((one) => one.scenario === scenario)?.arms.map(({ arm }) => arm) ?? []
    const missing = arms.filter((arm) => !begun.includes(arm))
    return missing.length === 0 ? [] : [{ scenario, arms: missing }]
  })
}

function emptyFolding(plan: Plan): Folding {
  return { plan, judged: new Map(), open: new Map(), again: new Map() }
}

function begin(folding: Folding, event: EventOf<'arm.started'>): void {
  // An arm that starts again without an end: what was written of it is judged as it is.
  if (folding.open.has(event.arm)) close(folding, event.arm)
  if (event.because !== undefined)
    folding.again.set(event.arm, [...(folding.again.get(event.arm) ?? []), event.because])
  folding.open.set(event.arm, foldArm(folding.plan, event))
}

function close(folding: Folding, arm: Arm): void {
  const record = folding.open.get(arm)?.record()
  if (record === undefined) return
  folding.open.delete(arm)
  const retries = folding.again.get(arm) ?? []
  folding.judged.set(arm, { result: { ...judgeArm(record), retries }, served: servedIn(record) })
}

/** In the order of the gate, then the arms that credit measures, whatever order they ended in. */
function judgedScenario({ plan, judged }: Folding): ScenarioResult {
  const order: readonly Arm[] = [...gateArms, ...ablationArms(plan)]
  const place = (arm: Arm): number => (order.includes(arm) ? order.indexOf(arm) : order.length)
  const arms = [...judged.values()].toSorted((a, b) => place(a.result.arm) - place(b.result.arm))
  return judgeScenario(plan, arms)
}
