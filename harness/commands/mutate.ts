import { join } from 'node:path'
import { Command, Option } from 'commander'
import { examples } from '../called.ts'
import { BadInput } from '../errors.ts'
import { type Mutant, mutantsOf, unmutated } from '../experiment/mutants.ts'
import { parallelOf } from '../experiment/parallel.ts'
import { knobValue } from '../experiment/plan/knobs.ts'
import { run } from '../experiment/run.ts'
import { judgeMutation } from '../judging/mutation.ts'
import { drivers } from '../load/drivers.ts'
import type { Scenario } from '../model/scenario.ts'
import { unknown } from '../near-miss.ts'
import { reportTo } from '../reporters/dispatch.ts'
import { mutationProgress, mutationView } from '../reporters/mutation-view.ts'
import { reporterOutput } from '../reporters/output.ts'
import { paint as paintFor } from '../reporters/terminal/paint.ts'
import { writeWhole } from '../reporters/write-file.ts'
import { chooseRuntime, type runtimeNames, toxiproxyNames } from '../runtimes/choose.ts'
import { projectVersion } from '../version.ts'
import { interruption } from './interrupt.ts'
import { mustKnow, parallelOption, runtimeOption, scenariosOption, setOption } from './options.ts'
import { choose, loadScenarios, planAll } from './scenarios.ts'

interface Options {
  only?: string
  pack: boolean
  seed: string
  set: Record<string, string>
  out: string
  json: boolean
  parallel: number | 'auto'
  runtime: (typeof runtimeNames)[number]
  toxiproxy: (typeof toxiproxyNames)[number]
  driver: string
  scenarios?: string
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
  .option('--seed <seed>', 'fixes arrivals, jitter and toxicity draws', '2023-11-17')
  .addOption(setOption)
  .option('--out <dir>', 'where runs are kept', '.chaos')
  .option('--json', 'prints the result as JSON (it is also written to mutation.json)', false)
  .addOption(parallelOption)
  .addOption(runtimeOption)
  .addOption(
    new Option('--toxiproxy <which>', 'which Toxiproxy').choices([...toxiproxyNames]).default('embedded'),
  )
  .option('--driver <name>', `load driver, of ${drivers.map(({ name }) => name).join(', ')}`, 'builtin')
  .addOption(scenariosOption)
  .addHelpText(
    'after',
    `${examples(
      ['mutate', 'every sabotage and every measure of the gate'],
      ['mutate 17-nov-gpki-stall --only enters-twice', 'one of them'],
    )}

Exit codes: 0 everything was noticed · 2 something is undecided · 3 something goes unnoticed · 4 bad input · 5 harness error`,
  )
  .action(async (names: string[], options: Options) => {
    mustKnow(
      'driver',
      [options.driver],
      drivers.map(({ name }) => name),
    )
    const driver = drivers.find(({ name }) => name === options.driver)!
    const lacking = await driver.missing?.()
    if (lacking !== undefined) throw new BadInput([lacking])
    const known = await loadScenarios(options.scenarios)
    const scenarios = choose(known, names)
    const chosen = await chooseRuntime({ ...options, systems: scenarios.map(({ system }) => system) })
    await using runtime = chosen.runtime
    const plans = planAll(scenarios, {
      set: options.set,
      without: [],
      faultsOn: true,
      capabilities: runtime.capabilities,
      runtime: runtime.name,
    })
    const mutants = allMutants(plans, namedAnywhere(known.scenarios), options)
    const output = reporterOutput(process.stdout, process.env)
    const progress = mutationProgress(mutants, (line) => process.stderr.write(`${line}\n`))
    using interrupt = interruption((message) => process.stderr.write(`${message}\n`))
    let dir = options.out
    const judged = await run({
      plans: mutants.map(({ mutant: { plan, arms, sabotages }, system }) => ({
        plan,
        system,
        arms,
        sabotages,
      })),
      seed: options.seed,
      runtime,
      driver,
      toxiproxy: chosen.toxiproxy,
      projectVersion,
      out: options.out,
      report: reportTo([
        {
          name: 'mutate',
          ...progress,
          runStarted: (started) => {
            dir = started.dir
          },
        },
      ]),
      signal: interrupt.signal,
      parallel: parallelOf(options.parallel, runtime.name),
      retryInconclusive: 0,
      bail: false,
    })
    const result = judgeMutation(
      mutants.map(({ mutant }) => mutant),
      judged,
    )
    const json = `${JSON.stringify(result, null, 2)}\n`
    await writeWhole(join(dir, 'mutation.json'), json)
    output.write(
      options.json ? json : mutationView(result, join(dir, 'mutation.json'), paintFor(output.colour)),
    )
    process.exitCode = result.exitCode
  })

type Planned = ReturnType<typeof planAll>[number]

/** Sabotages that a guard of some scenario names, chosen or not: they are its business. */
function namedAnywhere(scenarios: readonly Scenario[]): ReadonlySet<string> {
  const knobsOf = ({ knobs }: Scenario) =>
    Object.fromEntries(Object.entries(knobs).map(([name, knob]) => [name, knobValue(knob, knob.default)]))
  return new Set(
    scenarios.flatMap((scenario) =>
      scenario.build(knobsOf(scenario)).hypothesis.flatMap(({ sabotages }) => sabotages ?? []),
    ),
  )
}

/** Of each scenario: as it is, then each mutant. @throws BadInput where `--only` names nothing */
function allMutants(
  plans: readonly Planned[],
  named: ReadonlySet<string>,
  { only, pack }: Options,
): { mutant: Mutant; system: Planned['system'] }[] {
  const all = plans.flatMap(({ plan, system }) => {
    const unnamed = (system.sabotages?.names ?? []).filter((name) => !named.has(name))
    const mutants = mutantsOf(plan, system, { pack, unnamed, ...(only !== undefined && { only }) })
    return mutants.length === 0 ? [] : [unmutated(plan), ...mutants].map((mutant) => ({ mutant, system }))
  })
  if (all.length > 0) return all
  const known = plans.flatMap(({ plan, system }) => [
    ...(system.sabotages?.names ?? []),
    ...plan.measures.map(({ name }) => name),
  ])
  throw new BadInput([
    only === undefined
      ? 'there is nothing to mutate: the systems have no sabotages and the scenarios no measures'
      : `--only: ${unknown('sabotage or measure', only, [...new Set(known)])}`,
  ])
}
