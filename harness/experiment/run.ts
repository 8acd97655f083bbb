import { mkdirSync } from 'node:fs'
import { cpus, platform, totalmem } from 'node:os'
import { join } from 'node:path'
import type { JournalEvent } from '../journal/events.ts'
import { journalVersion } from '../journal/events.ts'
import { readJournal } from '../journal/reader.ts'
import { type JournalWriter, openJournal } from '../journal/writer.ts'
import { judgeJournal } from '../judging/judge-journal.ts'
import type { LoadDriver } from '../load/driver.ts'
import type { Arm } from '../model/arms.ts'
import type { Plan } from '../model/plan.ts'
import type { Ending, RunResult, ScenarioResult } from '../model/result.ts'
import type { System } from '../model/system.ts'
import type { Topology } from '../model/topology.ts'
import type { Runtime } from '../runtimes/runtime.ts'
import { type ArmContext, runArm } from './arm.ts'
import type { Report } from './report.ts'
import { makeRunDir, pointLatest } from './run-dir.ts'

export interface RunOptions {
  readonly plans: readonly { readonly plan: Plan; readonly system: System }[]
  readonly arms: readonly Arm[]
  readonly seed: string
  readonly runtime: Runtime
  readonly driver: LoadDriver
  /** Which Toxiproxy carries the links, in words. */
  readonly toxiproxy: string
  readonly projectVersion: string
  /** Directory that holds `runs/` and `latest`. */
  readonly out: string
  readonly report: Report
  readonly signal: AbortSignal
  /** Stops after the first scenario that does not hold. */
  readonly bail: boolean
  /** Extra environment by service: sabotage of guards. */
  readonly environment?: ArmContext['environment']
  /** `--keep`: called with the network of the last arm before it comes down. */
  keep?(topology: Topology, note: (text: string) => void): Promise<void>
}

/**
 * A run: every scenario, every arm in turn; everything that happens goes to the journal, and what the journal says is
 * what is judged. Returns also when interrupted or when an arm failed: what is known is judged, written and reported.
 * @throws BadInput when the run's directory cannot be written; nothing was started then.
 */
export async function run(options: RunOptions): Promise<RunResult> {
  const { id, dir } = makeRunDir(options.out)
  pointLatest(options.out, dir)
  const journalPath = join(dir, 'journal.jsonl')
  using journal = openJournal(journalPath)
  const { report, seed, runtime, driver, toxiproxy } = options
  journal.append({
    kind: 'run.started',
    at: Date.now(),
    version: journalVersion,
    run: id,
    seed,
    project: options.projectVersion,
    node: process.version,
    host: { platform: platform(), cpus: cpus().length, memoryMiB: Math.round(totalmem() / 1024 / 1024) },
    runtime: runtime.name,
    driver: driver.name,
    toxiproxy,
  })
  report.runStarted({
    id,
    dir,
    seed,
    plans: options.plans.map(({ plan }) => plan),
    arms: options.arms,
    runtime: runtime.name,
    driver: driver.name,
    toxiproxy,
  })

  let ending: Ending = 'finished'
  for (const { plan, system } of options.plans) {
    const { ending: ended, result } = await runScenario(options, journal, dir, plan, system)
    report.scenarioEnded(result)
    ending = ended
    if (ending !== 'finished' || (options.bail && result.verdict !== 'holds')) break
  }
  journal.append({ kind: 'run.ended', at: Date.now(), outcome: ending })
  journal[Symbol.dispose]()

  const result = await judgeJournal(readJournal(journalPath))
  await report.runEnded(result, dir)
  return result
}

async function runScenario(
  options: RunOptions,
  journal: JournalWriter,
  dir: string,
  plan: Plan,
  system: System,
): Promise<{ ending: Ending; result: ScenarioResult }> {
  const { report } = options
  journal.append({ kind: 'scenario.started', at: Date.now(), plan })
  let ending: Ending = 'finished'
  for (const arm of options.arms) {
    const logDir = join(dir, 'logs', plan.scenario, arm)
    mkdirSync(logDir, { recursive: true })
    const { keep, environment, ...others } = options
    const isLast = options.plans.at(-1)!.plan === plan && options.arms.at(-1) === arm
    ending = await runArm({
      ...others,
      ...(keep !== undefined && isLast && { keep }),
      ...(environment !== undefined && { environment }),
      plan,
      system,
      arm,
      journal,
      logDir,
      onEvent: (event) => show(report, plan, event),
      onTick: (tick) => report.tick(tick),
      progress: (message) => report.progress(message),
      note: (text) => report.note(text),
    })
    const result = await judged(journal.path, plan.scenario)
    report.armEnded(result.arms.at(-1)!)
    if (ending !== 'finished') break
  }
  return { ending, result: await judged(journal.path, plan.scenario) }
}

/** The verdict on a scenario as its journal stands now: the same code as `analyze`. */
async function judged(journalPath: string, scenario: string): Promise<ScenarioResult> {
  const { scenarios } = await judgeJournal(readJournal(journalPath))
  return scenarios.find((result) => result.scenario === scenario)!
}

/** Journal events that reporters are told of as they happen. */
function show(report: Report, plan: Plan, event: JournalEvent): void {
  switch (event.kind) {
    case 'arm.started':
      report.armStarted({ plan, arm: event.arm, measures: event.measures, faults: event.faults })
      break
    case 'arm.ready':
      report.armReady({ tookMs: event.tookMs })
      break
    case 'phase.started':
      report.phaseStarted(event)
      break
    case 'fault.injected':
      report.faultInjected(event)
      break
    case 'fault.probed':
      report.faultProbed(event)
      break
    case 'fault.reverted':
      report.faultReverted(event)
      break
    case 'system':
      report.systemEvent(event)
      break
  }
}
