import { repeatMayHelp } from '../judging/repeat.ts'
import type { Arm } from '../model/arms.ts'
import type { Plan } from '../model/plan.ts'
import type { ArmResult, Ending, Verdict } from '../model/result.ts'
import type { System } from '../model/system.ts'

/** A scenario to run, and which of its arms. */
export interface Planned {
  readonly plan: Plan
  readonly system: System
  readonly arms: readonly Arm[]
  /** Names of the system's sabotages that are on in every arm: deliberate defects. */
  readonly sabotages?: readonly string[]
}

/** One arm to run. */
export interface Job extends Omit<Planned, 'arms'> {
  readonly arm: Arm
  /** `first`: of its scenario. `last`: of the run. */
  readonly first: boolean
  readonly last: boolean
  /** 1 the first time, 2 when it is repeated once. */
  readonly attempt: number
}

export interface JobsOptions {
  readonly plans: readonly Planned[]
  readonly parallel: number
  readonly retryInconclusive: number
  readonly bail: boolean
  readonly signal: AbortSignal
  /** Runs one arm. `because`: why it is repeated. */
  runOne(job: Job, because: string | undefined): Promise<{ ending: Ending; result: ArmResult }>
}

/** Told in the order in which things end. */
export interface JobsListener {
  armEnded(job: Job, result: ArmResult): void
  /** Every arm of the scenario that was started has ended. @returns its verdict */
  scenarioEnded(scenario: string): Verdict
}

/**
 * Runs the arms in their order, `parallel` at a time. A void arm that a repeat can help is repeated alone, when all
 * others are done: once if other arms ran beside it, and up to `retryInconclusive` times more. Nothing new is started
 * after an arm failed, after an interruption, or, with `bail`, after a scenario that does not hold; arms under way are
 * finished.
 */
export async function runJobs(options: JobsOptions, listener: JobsListener): Promise<Ending> {
  const queue = jobsOf(options.plans)
  const left = new Map(options.plans.map(({ plan, arms }) => [plan.scenario, arms.length]))
  const begun = new Set<string>()
  const again: { job: Job; because: string }[] = []
  let ending: Ending = 'finished'
  let stop = false

  function scenarioMayHaveEnded({ plan: { scenario } }: Job): void {
    left.set(scenario, left.get(scenario)! - 1)
    if (left.get(scenario)! > 0) return
    if (listener.scenarioEnded(scenario) !== 'holds' && options.bail) stop = true
  }

  async function work(job: Job, because: string | undefined, alone: boolean): Promise<void> {
    begun.add(job.plan.scenario)
    const solved = await options.runOne(job, because)
    if (solved.ending !== 'finished' && ending !== 'interrupted') ending = solved.ending
    if (ending !== 'finished') stop = true
    listener.armEnded(job, solved.result)
    const why = stop ? undefined : whyAgain(options, job, solved.result, alone)
    if (why === undefined) scenarioMayHaveEnded(job)
    else again.push({ job: { ...job, attempt: job.attempt + 1 }, because: why })
  }

  async function takeTurns(): Promise<void> {
    for (let job = queue.shift(); job !== undefined && !stop; job = queue.shift())
      await work(job, undefined, options.parallel === 1)
  }

  await Promise.all(Array.from({ length: options.parallel }, takeTurns))
  for (let one = again.shift(); one !== undefined && !stop; one = again.shift())
    await work(one.job, one.because, true)
  // A scenario that was stopped half-way is judged by the arms that ran. One that never started has nothing to judge.
  if (stop)
    for (const [scenario, arms] of left) if (arms > 0 && begun.has(scenario)) listener.scenarioEnded(scenario)
  return ending
}

function jobsOf(plans: JobsOptions['plans']): Job[] {
  const jobs = plans.flatMap(({ arms, ...planned }) =>
    arms.map((arm, i): Job => ({ ...planned, arm, first: i === 0, last: false, attempt: 1 })),
  )
  return jobs.map((job, i) => ({ ...job, last: i === jobs.length - 1 }))
}

/** Why an arm is repeated, in words; undefined if it is not. */
function whyAgain(options: JobsOptions, job: Job, result: ArmResult, alone: boolean): string | undefined {
  if (!repeatMayHelp(result)) return undefined
  if (!alone && options.parallel > 1)
    return `with ${options.parallel} arms side by side it was ${result.said}; repeated by itself`
  const retries = job.attempt - (options.parallel > 1 ? 2 : 1)
  return retries < options.retryInconclusive
    ? `it was ${result.said}; repeat ${retries + 1} of ${options.retryInconclusive}`
    : undefined
}
