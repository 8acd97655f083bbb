import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { examples } from '../called.ts'
import { environmentOf } from '../experiment/environment.ts'
import { makeRunDir } from '../experiment/run-dir.ts'
import { chooseRuntime, type runtimeNames, type toxiproxyNames } from '../runtimes/choose.ts'
import { tellDeath } from '../runtimes/deaths.ts'
import { interruption } from './interrupt.ts'
import {
  mustKnow,
  outOption,
  runtimeOption,
  scenariosOption,
  seedOption,
  toxiproxyOption,
  withoutOption,
} from './options.ts'
import { choose, loadScenarios, planAll } from './scenarios.ts'
import { describeTopology } from './topology-view.ts'

interface Options {
  measures: boolean
  without: string[]
  seed: string
  out: string
  runtime: (typeof runtimeNames)[number]
  toxiproxy: (typeof toxiproxyNames)[number]
  /** Of the project's settings. */
  gate?: readonly string[]
  scenarios?: string
}

export const upCommand = new Command('up')
  .description('the network with its links, until Ctrl-C: to explore by hand')
  .argument('[scenario]', "whose network and measures (default: the gate's first)")
  .option('--measures', "switches the scenario's measures on", false)
  .addOption(withoutOption)
  .addOption(seedOption)
  .addOption(outOption)
  .addOption(runtimeOption)
  .addOption(toxiproxyOption)
  .addOption(scenariosOption)
  .addHelpText('after', examples(['up'], ['up 17-nov-gpki-stall --measures']))
  .action(async (name: string | undefined, options: Options) => {
    const module = await loadScenarios(options.scenarios, name === undefined ? [] : [name])
    const scenario = choose(module, name === undefined ? (options.gate ?? module.gate).slice(0, 1) : [name])
    mustKnow('measure', options.without, Object.keys(scenario[0]!.system.measures))
    const chosen = await chooseRuntime({ ...options, systems: [scenario[0]!.system] })
    await using runtime = chosen.runtime
    if (chosen.why !== undefined) process.stderr.write(`runtime ${runtime.name}: ${chosen.why}\n`)
    const [planned] = planAll(scenario, {
      set: {},
      without: options.without,
      faultsOn: false,
      capabilities: runtime.capabilities,
      runtime: runtime.name,
    })
    const { system, plan } = planned!
    const { dir } = makeRunDir(options.out)
    const logDir = join(dir, 'logs')
    mkdirSync(logDir)
    using interrupt = interruption((message) => process.stderr.write(`${message}\n`))
    const died = Promise.withResolvers<never>()
    died.promise.catch(() => {})
    process.stderr.write('bringing the network up\n')
    await using topology = await runtime.up(system, {
      seed: options.seed,
      environment: environmentOf(system, {
        own: plan.environment,
        measures: options.measures ? plan.measures : [],
        sabotages: [],
      }),
      logDir,
      signal: interrupt.signal,
      progress: (message) => process.stderr.write(`${message}\n`),
      left: (message) => process.stderr.write(`${message}\n`),
      onSystemEvent: ({ service, event, facts }) =>
        process.stdout.write(`${service}: ${event} ${JSON.stringify(facts)}\n`),
      onDeath: (death) => died.reject(tellDeath(death, 'though nobody had asked it to')),
    })
    process.stdout.write(`${describeTopology(topology)}\nLogs: ${logDir}\nCtrl-C takes the network down.\n`)
    await Promise.race([
      died.promise,
      new Promise<void>((resolve) => {
        if (interrupt.signal.aborted) resolve()
        interrupt.signal.addEventListener('abort', () => resolve(), { once: true })
      }),
    ])
  })
