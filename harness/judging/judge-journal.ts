import { BadInput, messageOf } from '../errors.ts'
import type { EventOf, JournalEvent } from '../journal/events.ts'
import { foldArm } from '../journal/record.ts'
import type { Plan } from '../model/plan.ts'
import type { ArmResult, Ending, RunResult } from '../model/result.ts'
import { exitCodeOf, judgeArm, judgeScenario, worstVerdict } from './judge.ts'

/**
 * Judges a journal, that of a finished run or of one under way: the same code, so the same verdict. An arm that has
 * not ended counts as one whose journal stops. Of arms that have ended only results are kept, so a long journal needs
 * the memory of its longest arm.
 * @throws BadInput where an event is not what its kind says, or comes before what it belongs to
 */
export async function judgeJournal(
  events: AsyncIterable<JournalEvent> | Iterable<JournalEvent>,
): Promise<RunResult> {
  const journal = foldJournal()
  let number = 0
  for await (const event of events) {
    number++
    try {
      journal.add(event)
    } catch (thrown) {
      throw new BadInput([`the journal is corrupt: event ${number} (${event.kind}): ${messageOf(thrown)}`])
    }
  }
  return journal.result()
}

function foldJournal(): { add(event: JournalEvent): void; result(): RunResult } {
  const scenarios = new Map<string, { plan: Plan; arms: ArmResult[] }>()
  let run: EventOf<'run.started'> | null = null
  let ended: EventOf<'run.ended'> | null = null
  let open: { arms: ArmResult[]; fold: ReturnType<typeof foldArm> } | null = null
  let lastAt = 0

  function closeArm(): void {
    if (open === null) return
    open.arms.push(judgeArm(open.fold.record()))
    open = null
  }

  function add(event: JournalEvent): void {
    lastAt = Math.max(lastAt, event.at)
    switch (event.kind) {
      case 'run.started':
        run = event
        break
      case 'scenario.started':
        closeArm()
        scenarios.set(event.plan.scenario, { plan: event.plan, arms: [] })
        break
      case 'arm.started': {
        closeArm()
        const scenario = scenarios.get(event.scenario)
        if (scenario === undefined) throw new RangeError(`there is no plan of '${event.scenario}' before it`)
        open = { arms: scenario.arms, fold: foldArm(scenario.plan, event) }
        break
      }
      case 'arm.ended':
        open?.fold.add(event)
        closeArm()
        break
      case 'run.ended':
        ended = event
        break
      default:
        open?.fold.add(event)
    }
  }

  function result(): RunResult {
    closeArm()
    if (run === null) throw new BadInput(['the journal is corrupt: it has no run.started'])
    const judged = [...scenarios.values()].map(({ plan, arms }) => judgeScenario(plan, arms))
    const ending: Ending = ended?.outcome ?? 'failed'
    return {
      version: 1,
      run: run.run,
      seed: run.seed,
      startedAt: new Date(run.at).toISOString(),
      tookMs: lastAt - run.at,
      ending,
      runtime: run.runtime,
      driver: run.driver,
      toxiproxy: run.toxiproxy,
      verdict: worstVerdict(judged.map((scenario) => scenario.verdict)),
      exitCode: exitCodeOf({ ending, scenarios: judged }),
      scenarios: judged,
    }
  }

  return { add, result }
}
