import { Command } from 'commander'
import { examples } from '../called.ts'
import { sizingsOf } from '../checks/sizing.ts'
import { reporterOutput } from '../reporters/output.ts'
import { planView } from '../reporters/plan-view.ts'
import { chooseRuntime, type runtimeNames } from '../runtimes/choose.ts'
import { runtimeOption, scenariosOption, setOption, withoutOption } from './options.ts'
import { choose, loadScenarios, planAll } from './scenarios.ts'

interface Options {
  without: string[]
  faults: boolean
  set: Record<string, string>
  json: boolean
  runtime: (typeof runtimeNames)[number]
  scenarios?: string
  /** Of the project's settings. */
  gate?: readonly string[]
}

export const planCommand = new Command('plan')
  .description('what would happen, on a time axis; nothing is started')
  .argument('[scenario...]', "which scenarios (default: the gate's)")
  .addOption(withoutOption)
  .option('--no-faults', 'as run would do without faults')
  .addOption(setOption)
  .addOption(runtimeOption)
  .option('--json', 'as JSON', false)
  .addOption(scenariosOption)
  .addHelpText('after', examples(['plan'], ['plan 22-nov-overload --json']))
  .action(async (names: string[], options: Options) => {
    const scenarios = choose(await loadScenarios(options.scenarios, names), names, options.gate)
    const systems = scenarios.map(({ system }) => system)
    const chosen = await chooseRuntime({ runtime: options.runtime, toxiproxy: 'embedded', systems })
    await using runtime = chosen.runtime
    const plans = planAll(scenarios, {
      set: options.set,
      without: options.without,
      faultsOn: options.faults,
      capabilities: runtime.capabilities,
      runtime: runtime.name,
    }).map(({ plan }) => plan)
    const output = reporterOutput(process.stdout, process.env)
    if (options.json)
      output.write(
        `${JSON.stringify(
          plans.map((plan) => ({ ...plan, samples: sizingsOf(plan) })),
          null,
          2,
        )}\n`,
      )
    else
      for (const plan of plans)
        output.write(
          `${planView(plan, {
            columns: output.columns(),
            colour: output.colour,
            knobs: scenarios.find(({ name }) => name === plan.scenario)!.knobs,
          })}\n`,
        )
  })
