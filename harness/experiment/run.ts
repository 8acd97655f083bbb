import { mkdirSync } from 'node:fs'
import { availableParallelism, platform, totalmem } from 'node:os'
import { join } from 'node:path'
import type { JournalEvent } from '../journal/events.ts'
import { journalVersion } from '../journal/events.ts'
import { logDirOf } from '../journal/log-dir.ts'
import { type JournalWriter, openJournal } from '../journal/writer.ts'
import { foldJournal, type JournalFold, judgeJournal } from '../judging/judge-journal.ts'
import type { LoadDriver } from '../load/driver.ts'
import type { Arm } from '../model/arms.ts'
import type { ArmResult, Ending, RunResult } from '../model/result.ts'
import type { Topology } from '../model/topology.ts'
import type { Runtime } from '../runtimes/runtime.ts'
import { runArm } from './arm.ts'
import { type Job, type Planned, runJobs } from './jobs.ts'
import type { Report } from './report.ts'
import { makeRunDir, pointLatest } from './run-dir.ts'
import { createStarts, type Start } from './starts.ts'
import { tellOf } from './tell.ts'

export interface RunOptions {
  readonly plans: readonly Planned[]
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
  /** How many arms run side by side, 1 or more. */
  readonly parallel: number
  /** How often a void arm is repeated, if a repeat can help. */
  readonly retryInconclusive: number
  /** Stops after the first scenario that does not hold. */
  readonly bail: boolean
  /** `--keep`: called with the network of the last arm before it comes down. */
  keep?(topology: Topology, note: (text: string) => void): Promise<void>
}

/**
 * A run: every arm of every scenario, `parallel` at a time. Everything that happens goes to the journal, and only the
 * journal is judged: while it is written, and again when it is read back. It also returns when it was interrupted or an
 * arm failed: what is known by then is judged, written and reported.
 * @throws BadInput when the run's directory cannot be written; nothing was started then.
 */
export async function run(options: RunOptions): Promise<RunResult> {
  const { id, dir } = makeRunDir(options.out)
  const stale = pointLatest(options.out, dir)
  const fold = foldJournal()
  const journalPath = join(dir, 'journal.jsonl')
  using journal = openJournal(journalPath, (event) => fold.add(event))
  begin(options, journal, id, dir)
  if (stale !== undefined) options.report.note(stale)
  const setting = { journal, fold, dir, startOf: createStarts() }

  const ending = await runJobs(
    { ...options, runOne: (job, why) => runJob(options, setting, job, why) },
    {
      armEnded: (job, result) => options.report.armEnded(result, refOf(job)),
      scenarioEnded(scenario) {
        const result = fold.scenario(scenario)
        options.report.scenarioEnded(result)
        return result.verdict
      },
    },
  )
  journal.append({ kind: 'run.ended', at: Date.now(), outcome: ending })
  journal[Symbol.dispose]()

  const result = await judgeJournal(journalPath)
  await options.report.runEnded(result, dir)
  return result
}

function begin(options: RunOptions, journal: JournalWriter, id: string, dir: string): void {
  const { report, seed, runtime, driver, toxiproxy, parallel } = options
  journal.append({
    kind: 'run.started',
    at: Date.now(),
    version: journalVersion,
    run: id,
    seed,
    project: options.projectVersion,
    node: process.version,
    host: {
      platform: platform(),
      cpus: availableParallelism(),
      memoryMiB: Math.round(totalmem() / 1024 / 1024),
    },
    runtime: runtime.name,
    driver: driver.name,
    toxiproxy,
    parallel,
    planned: options.plans.map(({ plan, arms }) => ({ scenario: plan.scenario, arms: [...arms] })),
  })
  report.runStarted({
    id,
    dir,
    seed,
    plans: options.plans.map(({ plan }) => plan),
    arms: options.plans.map(({ arms }) => arms),
    parallel,
    runtime: runtime.name,
    driver: driver.name,
    toxiproxy,
  })
}

function refOf({ plan, arm }: Job): { scenario: string; arm: Arm } {
  return { scenario: plan.scenario, arm }
}

/** What all arms of a run share. */
interface Setting {
  readonly journal: JournalWriter
  readonly fold: JournalFold
  readonly dir: string
  startOf(steadyMs: number): Start
}

/** Runs one arm once. @param because why it is repeated */
async function runJob(
  options: RunOptions,
  { journal, fold, dir, startOf }: Setting,
  job: Job,
  because: string | undefined,
): Promise<{ ending: Ending; result: ArmResult }> {
  const { plan, arm, system } = job
  const { report } = options
  if (job.first) journal.append({ kind: 'scenario.started', at: Date.now(), plan })
  const logDir = logDirOf(dir, plan.scenario, arm, job.attempt)
  mkdirSync(logDir, { recursive: true })
  const ref = refOf(job)
  using start = startOf(plan.acts[0]!.toMs)
  const ending = await runArm({
    plan,
    system,
    arm,
    seed: options.seed,
    runtime: options.runtime,
    driver: options.driver,
    start,
    signal: options.signal,
    sabotages: job.sabotages ?? [],
    journal: journal.arm(plan.scenario, arm),
    logDir,
    ...(because !== undefined && { because }),
    ...(options.keep !== undefined && job.last && { keep: options.keep }),
    onEvent: (event: JournalEvent) => tellOf(report, plan, ref, event),
    onTick: (tick) => report.tick(tick, ref),
    progress: (message) => report.progress(message, ref),
    note: (text) => report.note(text),
  })
  const result = fold.scenario(plan.scenario).arms.find((one) => one.arm === arm)!
  return { ending, result }
}
