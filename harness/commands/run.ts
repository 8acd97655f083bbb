import { Command, Option } from 'commander'
import { examples } from '../called.ts'
import { BadInput, exitCode } from '../errors.ts'
import { removeOldRuns } from '../experiment/kept-runs.ts'
import { parallelOf } from '../experiment/parallel.ts'
import { run } from '../experiment/run.ts'
import { type Arm, gateArms } from '../model/arms.ts'
import type { Topology } from '../model/topology.ts'
import { nearMiss, unknown } from '../near-miss.ts'
import { reportTo } from '../reporters/dispatch.ts'
import { reporterOutput } from '../reporters/output.ts'
import type { Language } from '../reporters/reporter.ts'
import { chooseRuntime, type runtimeNames, type toxiproxyNames } from '../runtimes/choose.ts'
import { projectVersion } from '../version.ts'
import { againWith } from './again.ts'
import { armsOf } from './arms.ts'
import { besideBaseline } from './baseline.ts'
import { driverNamed } from './driver-named.ts'
import { interruption } from './interrupt.ts'
import {
  baselineOption,
  driverOption,
  keepRunsOption,
  mustKnow,
  names,
  outOption,
  parallelOption,
  retryOption,
  runtimeOption,
  scenariosOption,
  seedOption,
  setOption,
  toxiproxyOption,
  withoutOption,
} from './options.ts'
import { langOption, reporterOption, reportersOf } from './reporters.ts'
import { choose, loadScenarios, planAll } from './scenarios.ts'
import { describeTopology } from './topology-view.ts'

interface Options {
  arm?: Arm[]
  ablate: boolean
  fast: boolean
  parallel: number | 'auto'
  retryInconclusive: number
  seed: string
  without: string[]
  faults: boolean
  set: Record<string, string>
  out: string
  reporter: string[]
  lang: Language
  runtime: (typeof runtimeNames)[number]
  toxiproxy: (typeof toxiproxyNames)[number]
  driver: string
  keep: boolean
  verbose: boolean
  bail: boolean
  keepRuns?: number
  baseline?: string
  updateBaseline: boolean
  scenarios?: string
  /** Of the project's settings. */
  gate?: readonly string[]
}

export const runCommand = new Command('run')
  .description('runs scenarios against the mock network and gives a verdict; the default command')
  .argument('[scenario...]', "which scenarios (default: the gate's)")
  .addOption(
    new Option(
      '--arm <arms>',
      `which arms, of ${gateArms.join(', ')}, without-<measure>, only-<measure> (default: the first three)`,
    ).argParser((typed: string) => {
      mustKnow(
        'arm',
        names(typed).filter((name) => !/^(without|only)-./.test(name)),
        gateArms,
      )
      return names(typed) as Arm[]
    }),
  )
  .option('--ablate', 'credits each measure by itself: adds an arm without it, and one with it alone', false)
  .option('--fast', 'of a story that also runs without each measure, the three arms alone', false)
  .addOption(parallelOption)
  .addOption(retryOption)
  .addOption(seedOption)
  .addOption(withoutOption)
  .option('--no-faults', 'injects nothing: proves that the gate can fail (every scenario must end vacuous)')
  .addOption(setOption)
  .addOption(outOption)
  .addOption(keepRunsOption)
  .addOption(reporterOption)
  .addOption(langOption)
  .addOption(runtimeOption)
  .addOption(toxiproxyOption)
  .addOption(driverOption)
  .option('--keep', 'leaves the network of the last arm up, with its addresses, until Ctrl-C', false)
  .option('--verbose', 'tells every event and every check, not only what is not as it must be', false)
  .option('--bail', 'stops after the first scenario that does not hold', false)
  .addOption(baselineOption)
  .option('--update-baseline', 'keeps this run there, if it holds', false)
  .addOption(scenariosOption)
  .option('--print-config', 'prints the options and where each comes from, and does nothing', false)
  .addHelpText(
    'after',
    `${examples(
      ['', 'the gate'],
      ['run 17-nov-gpki-stall --seed monday', 'one scenario, another seed'],
      ['run --without password-fallback', 'does the verdict notice a missing measure?'],
      ['run --no-faults', 'does the gate notice that nothing happened?'],
      ['run 22-nov-overload --arm treated --keep', 'look around afterwards'],
    )}

Exit codes: 0 holds · 1 deviates · 2 inconclusive · 3 vacuous · 4 bad input · 5 harness error · 130 interrupted`,
  )
  .action(async (scenarioNames: string[], options: Options, command: Command) => {
    const makeReporters = reportersOf(options.reporter)
    const exitCodeOf = await besideBaseline(options)
    const driver = await driverNamed(options.driver)
    const module = await loadScenarios(options.scenarios, scenarioNames).catch((error: unknown) => {
      throw misspeltCommand(command, []) ?? error
    })
    const misspelt = misspeltCommand(
      command,
      module.scenarios.map(({ name }) => name),
    )
    if (misspelt !== undefined) throw misspelt
    const scenarios = choose(module, scenarioNames, options.gate)
    const chosen = await chooseRuntime({ ...options, systems: scenarios.map(({ system }) => system) })
    await using runtime = chosen.runtime
    if (chosen.why !== undefined) process.stderr.write(`runtime ${runtime.name}: ${chosen.why}\n`)
    const plans = planAll(scenarios, {
      set: options.set,
      without: options.without,
      faultsOn: options.faults,
      capabilities: runtime.capabilities,
      runtime: runtime.name,
    })
    const parallel = options.keep ? 1 : parallelOf(options.parallel, runtime.name)
    const output = reporterOutput(process.stdout, process.env, {
      verbose: options.verbose,
      lang: options.lang,
      again: againWith(command),
    })
    const say = (message: string): void => {
      output.makeRoom()
      process.stderr.write(`${message}\n`)
    }
    using interrupt = interruption(say)
    const result = await run({
      plans: plans.map((one) => ({ ...one, arms: armsOf(one.plan, options) })),
      parallel,
      retryInconclusive: options.retryInconclusive,
      seed: options.seed,
      runtime,
      driver,
      toxiproxy: chosen.toxiproxy,
      projectVersion,
      out: options.out,
      report: reportTo(makeReporters(output), say),
      signal: interrupt.signal,
      bail: options.bail,
      ...(options.keep && {
        keep: async (topology: Topology, note: (text: string) => void) => {
          note(`${describeTopology(topology)}\nCtrl-C takes the network down.`)
          await aborted(interrupt.signal)
        },
      }),
    })
    process.exitCode =
      interrupt.signal.aborted && result.ending === 'interrupted'
        ? exitCode.interrupted
        : await exitCodeOf(result, output)
    if (options.keepRuns !== undefined) removeOldRuns(options.out, options.keepRuns)
  })

/**
 * `run` is what is done where no command is typed, so a misspelt one arrives here as the name of a scenario.
 * @returns undefined where `run` itself was typed, or the first word is no near miss of a command
 */
function misspeltCommand(run: Command, scenarios: readonly string[]): BadInput | undefined {
  const typed = run.parent!.args[0]
  if (typed === undefined || typed.startsWith('-') || typed === run.name() || scenarios.includes(typed))
    return undefined
  const commands = run.parent!.commands.map((command) => command.name())
  const [command, scenario] = [nearMiss(typed, commands), nearMiss(typed, scenarios)]
  if (command === undefined || (scenario !== undefined && scenario.away <= command.away)) return undefined
  return new BadInput([unknown('command', typed, commands)])
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
