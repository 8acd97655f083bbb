import { join } from 'node:path'
import { Command } from 'commander'
import { examples } from '../called.ts'
import { BadInput } from '../errors.ts'
import { type Mutant, mutantsOf, sabotagesNamedIn, unmutated } from '../experiment/mutants.ts'
import { parallelOf } from '../experiment/parallel.ts'
import { type RunOptions, run } from '../experiment/run.ts'
import { judgeMutation, type MutationRound, worthAnotherRound } from '../judging/mutation.ts'
import type { System } from '../model/system.ts'
import { unknown } from '../near-miss.ts'
import { reportTo } from '../reporters/dispatch.ts'
import { mutationProgress, mutationView } from '../reporters/mutation-view.ts'
import { chooseRuntime } from '../runtimes/choose.ts'
import { projectVersion } from '../version.ts'
import { driverNamed } from './driver-named.ts'
import { interruption } from './interrupt.ts'
import { keepAndTell } from './keep-and-tell.ts'
import { type ArmOptions, takesArmOptions } from './options.ts'
import { choose, loadScenarios, planAll } from './scenarios.ts'

interface Options extends ArmOptions {
  only?: string
  pack: boolean
  /** Of the project's settings. */
  gate?: readonly string[]
}

export const mutateCommand = new Command('mutate')
  .description(
    'tests the checks themselves: switches on each sabotage and off each measure, one at a time, and shows who noticed',
  )
  .argument('[scenario...]', "which scenarios (default: the gate's)")
  .option('--only <name>', 'one sabotage or measure')
  .option(
    '--no-pack',
    'runs each sabotage by itself; else those that different guards must notice share an arm',
  )
  .option('--json', 'prints the result as JSON (it is also written to mutation.json)', false)
  .addHelpText(
    'after',
    `${examples(
      ['mutate', 'every sabotage and every measure of the gate'],
      ['mutate 17-nov-gpki-stall --only enters-twice', 'one of them'],
    )}

Exit codes: 0 everything was noticed · 2 something is undecided · 3 something goes unnoticed · 4 bad input · 5 harness error`,
  )
  .action(async (names: string[], options: Options) => {
    const driver = await driverNamed(options.driver)
    const known = await loadScenarios(options.scenarios)
    const scenarios = choose(known, names, options.gate)
    const chosen = await chooseRuntime({ ...options, systems: scenarios.map(({ system }) => system) })
    await using runtime = chosen.runtime
    const plans = planAll(scenarios, {
      set: options.set,
      without: [],
      faultsOn: true,
      capabilities: runtime.capabilities,
      runtime: runtime.name,
    })
    using interrupt = interruption((message) => process.stderr.write(`${message}\n`))
    const named = sabotagesNamedIn(known.scenarios)
    const round = (mutants: readonly Planned[]) =>
      runRound(mutants, { ...options, ...chosen, runtime, driver, signal: interrupt.signal })
    const { dir, ...first } = await round(
      allMutants(plans, named, options.pack, () => (options.only === undefined ? undefined : [options.only])),
    )
    const rounds: [MutationRound, ...MutationRound[]] = [first]
    const more = worthAnotherRound(judgeMutation(rounds))
    if (more.length > 0 && !interrupt.signal.aborted) {
      process.stderr.write(`${more.length} not decided or not noticed: once more, each by itself\n`)
      const only = (scenario: string) =>
        more.filter((one) => one.scenario === scenario).map(({ mutant }) => mutant)
      rounds.push(await round(allMutants(plans, named, false, only)))
    }
    const result = judgeMutation(rounds)
    const file = join(dir, 'mutation.json')
    await keepAndTell(file, result, options.json, (paint) => mutationView(result, file, paint))
    process.exitCode = result.exitCode
  })
takesArmOptions(mutateCommand)

type Plans = ReturnType<typeof planAll>

interface Planned {
  readonly mutant: Mutant
  readonly system: System
}

/** Runs these mutants and says what came of them, and where it is kept. */
async function runRound(
  mutants: readonly Planned[],
  context: Pick<RunOptions, 'seed' | 'runtime' | 'driver' | 'toxiproxy' | 'out' | 'signal'> &
    Pick<Options, 'parallel'>,
): Promise<MutationRound & { readonly dir: string }> {
  const progress = mutationProgress(mutants, (line) => process.stderr.write(`${line}\n`))
  const { seed, runtime, driver, toxiproxy, out, signal, parallel } = context
  let dir = out
  const started = ({ dir: made }: { readonly dir: string }) => {
    dir = made
  }
  const result = await run({
    plans: mutants.map(({ mutant: { plan, arms, sabotages }, system }) => ({
      plan,
      system,
      arms,
      sabotages,
    })),
    ...{ seed, runtime, driver, toxiproxy, projectVersion, out, signal },
    report: reportTo([{ name: 'mutate', ...progress, runStarted: started }]),
    parallel: parallelOf(parallel, runtime.name),
    retryInconclusive: 0,
    bail: false,
  })
  return { ran: mutants.map(({ mutant }) => mutant), run: result, dir }
}

/**
 * Of each scenario: as it is, then each mutant.
 * @param onlyOf names that are wanted of this scenario; undefined: all
 * @throws BadInput where there are none
 */
function allMutants(
  plans: Plans,
  named: ReadonlySet<string>,
  pack: boolean,
  onlyOf: (scenario: string) => readonly string[] | undefined,
): Planned[] {
  const all = plans.flatMap(({ plan, system }) => {
    const unnamed = (system.sabotages?.names ?? []).filter((name) => !named.has(name))
    const only = onlyOf(plan.scenario)
    const mutants = mutantsOf(plan, system, { pack, unnamed, ...(only !== undefined && { only }) })
    return mutants.length === 0 ? [] : [unmutated(plan), ...mutants].map((mutant) => ({ mutant, system }))
  })
  if (all.length > 0) return all
  const known = plans.flatMap(({ plan, system }) => [
    ...(system.sabotages?.names ?? []),
    ...plan.measures.map(({ name }) => name),
  ])
  const only = plans.flatMap(({ plan }) => onlyOf(plan.scenario) ?? [])[0]
  throw new BadInput([
    only === undefined
      ? 'there is nothing to mutate: the systems have no sabotages and the scenarios no measures'
      : `--only: ${unknown('sabotage or measure', only, [...new Set(known)])}`,
  ])
}
