import { join } from 'node:path'
import { BadInput } from '../errors.ts'
import { armsOfSets, designProblems, setsOf, usualDesign } from '../experiment/measure-sets.ts'
import { parallelOf } from '../experiment/parallel.ts'
import { run } from '../experiment/run.ts'
import { judgeMeasureSets } from '../judging/measure-sets.ts'
import { exitCodeOf } from '../judging/verdicts.ts'
import type { Design } from '../model/measure-sets.ts'
import type { RunResult } from '../model/result.ts'
import { reportTo } from '../reporters/dispatch.ts'
import { measureSetsView, setsProgress } from '../reporters/measure-sets-view.ts'
import { chooseRuntime } from '../runtimes/choose.ts'
import { projectVersion } from '../version.ts'
import { driverNamed } from './driver-named.ts'
import { interruption } from './interrupt.ts'
import { keepAndTell } from './keep-and-tell.ts'
import { type ArmOptions, mustKnow } from './options.ts'
import { choose, loadScenarios, planAll } from './scenarios.ts'

export interface SetsOptions extends ArmOptions {
  measures?: readonly string[]
  design?: Design
  seeds: number
  retryInconclusive: number
}

/** `compare <scenario>`: sets of its measures, over several seeds. @returns the exit code */
export async function compareSets(name: string, options: SetsOptions): Promise<number> {
  const driver = await driverNamed(options.driver)
  const scenarios = choose(await loadScenarios(options.scenarios), [name])
  const chosen = await chooseRuntime({ ...options, systems: scenarios.map(({ system }) => system) })
  await using runtime = chosen.runtime
  if (chosen.why !== undefined) process.stderr.write(`runtime ${runtime.name}: ${chosen.why}\n`)
  const capable = { faultsOn: true, capabilities: runtime.capabilities, runtime: runtime.name }
  const planned = (without: readonly string[]) =>
    planAll(scenarios, { set: options.set, without, ...capable })[0]!
  const { plan, system } = planned(leftOut(planned([]).plan, options.measures))
  const design = options.design ?? usualDesign(plan)
  const problems = designProblems(plan, design)
  if (problems.length > 0) throw new BadInput(problems)

  const sets = setsOf(plan, design)
  const print = (line: string) => process.stderr.write(`${line}\n`)
  const progress = setsProgress(options.seeds * (sets.length + 1), print)
  using interrupt = interruption(print)
  const { runs, dir } = await runSeeds(options, (seed, turn, runStarted) =>
    run({
      plans: [{ plan, system, arms: armsOfSets(plan, sets, turn) }],
      ...{ seed, runtime, driver, toxiproxy: chosen.toxiproxy, projectVersion, out: options.out },
      signal: interrupt.signal,
      report: reportTo([{ name: 'compare', ...progress(seed), runStarted }]),
      parallel: parallelOf(options.parallel, runtime.name),
      retryInconclusive: options.retryInconclusive,
      bail: false,
    }),
  )
  const measures = plan.measures.map((measure) => measure.name)
  const result = judgeMeasureSets(measures, { design, sets, runs })
  const file = join(dir, 'measure-sets.json')
  await keepAndTell(file, result, options.json, (paint) => measureSetsView(result, file, paint))
  const broken = runs.find(({ ending }) => ending !== 'finished')
  return broken === undefined ? result.exitCode : exitCodeOf(broken)
}

/** A run for each seed, one after the other, up to the first that does not finish. @returns the last one's directory */
async function runSeeds(
  { seed, seeds, out }: Pick<SetsOptions, 'seed' | 'seeds' | 'out'>,
  runOne: (
    seed: string,
    turn: number,
    started: (run: { readonly dir: string }) => void,
  ) => Promise<RunResult>,
): Promise<{ runs: RunResult[]; dir: string }> {
  const runs: RunResult[] = []
  let dir = out
  for (const [turn, own] of seedsOf(seed, seeds).entries()) {
    const ran = await runOne(own, turn, (started) => {
      dir = started.dir
    })
    runs.push(ran)
    if (ran.ending !== 'finished') break
  }
  return { runs, dir }
}

/** Measures of the scenario that are not to be compared, and are off in every arm. @throws BadInput for unknown ones */
function leftOut(
  plan: { readonly measures: readonly { readonly name: string }[] },
  wanted: readonly string[] | undefined,
): string[] {
  const names = plan.measures.map(({ name }) => name)
  if (wanted === undefined) return []
  mustKnow('measure', wanted, names)
  return names.filter((name) => !wanted.includes(name))
}

/** The seed itself, then `<seed>-2`, `<seed>-3` and so on. */
function seedsOf(seed: string, many: number): string[] {
  return Array.from({ length: many }, (_, i) => (i === 0 ? seed : `${seed}-${i + 1}`))
}
