import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import { z } from 'zod'
import { examples } from '../called.ts'
import { BadInput, exitCode, messageOf } from '../errors.ts'
import { envelopeArms, searchEnvelope, type Trial } from '../experiment/envelope.ts'
import type { Planned } from '../experiment/jobs.ts'
import { parallelOf } from '../experiment/parallel.ts'
import { knobValue } from '../experiment/plan/knobs.ts'
import { run } from '../experiment/run.ts'
import { armEnvelope, shrunk, triedOf } from '../judging/envelope.ts'
import { exitCodeOf } from '../judging/verdicts.ts'
import { bareArm } from '../model/arms.ts'
import { isServiceLevel } from '../model/check.ts'
import type { Envelope, Tried } from '../model/envelope.ts'
import type { RunResult } from '../model/result.ts'
import type { Knob, Scenario } from '../model/scenario.ts'
import { unknown } from '../near-miss.ts'
import { reportTo } from '../reporters/dispatch.ts'
import { envelopeView, triedLine, typed } from '../reporters/envelope-view.ts'
import { chooseRuntime } from '../runtimes/choose.ts'
import { projectVersion } from '../version.ts'
import { driverNamed } from './driver-named.ts'
import { interruption } from './interrupt.ts'
import { keepAndTell } from './keep-and-tell.ts'
import { type ArmOptions, retryOption, shareOf, takesArmOptions, wholeNumber } from './options.ts'
import { choose, loadScenarios, planAll } from './scenarios.ts'

interface Options extends ArmOptions {
  knob: string
  width: number
  tries: number
  baseline?: string
  retryInconclusive: number
}

export const envelopeCommand = new Command('envelope')
  .description('finds how far a scenario holds: turns one of its knobs until a service level breaks')
  .argument('<scenario>', 'which')
  .requiredOption('--knob <name>', "which of the scenario's knobs; 'list' has them")
  .addOption(
    new Option(
      '--width <share>',
      'how close together the last that holds and the first that breaks shall lie',
    )
      .default(0.25, '25%')
      .argParser(shareOf('--width')),
  )
  .addOption(
    new Option('--tries <n>', 'values to try at most, with the measures and without')
      .default(10)
      .argParser(wholeNumber('--tries', 1)),
  )
  .option('--baseline <file>', 'an envelope.json that is kept: exit 1 where something holds less far')
  .option('--json', 'as JSON (it is also written to envelope.json)', false)
  .addOption(retryOption)
  .addHelpText(
    'after',
    `${examples(
      [
        'envelope 22-nov-overload --knob surge',
        'which surge does it survive, with the measures and without?',
      ],
      [
        'envelope 22-nov-overload --knob surge --baseline envelope.json',
        'still as far as what is committed?',
      ],
    )}

Exit codes: 0 where it breaks is known · 1 something holds less far than in --baseline · 2 it is not known · 4 bad input · 5 harness error · 130 interrupted`,
  )
  .action(async (name: string, options: Options) => {
    const before = options.baseline === undefined ? undefined : readEnvelope(options.baseline)
    const scenarios = choose(await loadScenarios(options.scenarios), [name])
    const knob = knobOf(scenarios[0]!, options)
    const about = { scenario: name, knob: options.knob, type: knob.type, seed: options.seed }
    if (before !== undefined) requireSame(before, about)
    const start = startOf(name, knob, options)
    const { envelope, dir, broken } = await search(scenarios, about, start, options)
    const worse = before === undefined ? [] : shrunk(before, envelope, (value) => typed(value, knob.type))
    const file = join(dir, 'envelope.json')
    await keepAndTell(file, envelope, options.json, (paint) => envelopeView(envelope, worse, file, paint))
    process.exitCode = broken === undefined ? exitOf(envelope, worse) : exitCodeOf(broken)
  })
takesArmOptions(envelopeCommand)

/** @returns what is known, also where a run was interrupted or failed (`broken`), and the last run's directory */
async function search(
  scenarios: readonly Scenario[],
  about: Pick<Envelope, 'scenario' | 'knob' | 'type' | 'seed'>,
  start: number,
  options: Options,
): Promise<{ envelope: Envelope; dir: string; broken: RunResult | undefined }> {
  const driver = await driverNamed(options.driver)
  const chosen = await chooseRuntime({ ...options, systems: scenarios.map(({ system }) => system) })
  await using runtime = chosen.runtime
  const print = (line: string): boolean => process.stderr.write(`${line}\n`)
  if (chosen.why !== undefined) print(`runtime ${runtime.name}: ${chosen.why}`)
  const capable = { faultsOn: true, capabilities: runtime.capabilities, runtime: runtime.name }
  const planAt = (value: number) => {
    const set = { ...options.set, [about.knob]: typed(value, about.type) }
    return planAll(scenarios, { set, without: [], ...capable })[0]!
  }
  const levels = planAt(start).plan.checks.filter(isServiceLevel)
  using interrupt = interruption(print)
  let dir = options.out
  const runStarted = (started: { readonly dir: string }): void => {
    dir = started.dir
  }
  const runAll = (plans: readonly Planned[]) =>
    run({
      ...{ plans, seed: options.seed, runtime, driver, toxiproxy: chosen.toxiproxy, projectVersion },
      ...{ out: options.out, signal: interrupt.signal, bail: false },
      report: reportTo([{ name: 'envelope', runStarted }]),
      parallel: parallelOf(options.parallel, runtime.name),
      retryInconclusive: options.retryInconclusive,
    })
  let broken: RunResult | undefined
  const tried = await searchEnvelope({
    ...{ start, levels: levels.length, width: options.width, most: options.tries },
    measure: async (trials) => {
      const { shown, ran } = await measured(trials, planAt, runAll)
      if (ran?.ending === 'interrupted' || ran?.ending === 'failed') broken = ran
      if (broken !== undefined) return null
      for (const [i, { arm }] of trials.entries()) print(triedLine(about, arm, shown[i]!))
      return shown
    },
  })
  const titles = new Map(levels.map(({ id, title }) => [id, title]))
  const arms = envelopeArms.map((arm) => armEnvelope(arm, tried[arm], titles))
  return { envelope: { version: 1, ...about, arms }, dir, broken }
}

/** Runs each trial as a scenario of its own, side by side. A value that the plan refuses is not run, and does not count. */
async function measured(
  trials: readonly Trial[],
  planAt: (value: number) => Pick<Planned, 'plan' | 'system'>,
  runAll: (plans: readonly Planned[]) => Promise<RunResult>,
): Promise<{ shown: Tried[]; ran: RunResult | undefined }> {
  const planned = trials.map(({ arm, value }): { one: Planned } | { refused: string } => {
    try {
      const { plan, system } = planAt(value)
      return {
        one: {
          plan: { ...plan, scenario: `${plan.scenario}.${arm}-${value}` },
          system,
          arms: [arm === 'untreated' ? bareArm : arm],
        },
      }
    } catch (error) {
      if (error instanceof BadInput) return { refused: messageOf(error) }
      throw error
    }
  })
  const plans = planned.flatMap((one) => ('one' in one ? [one.one] : []))
  const ran = plans.length === 0 ? undefined : await runAll(plans)
  const shown = planned.map((one, i): Tried => {
    const { value } = trials[i]!
    if ('refused' in one) return { value, held: [], deviated: [], isVoid: one.refused }
    const arm = ran?.scenarios.find(({ scenario }) => scenario === one.one.plan.scenario)?.arms[0]
    return arm === undefined
      ? { value, held: [], deviated: [], isVoid: 'its arm did not run' }
      : triedOf(value, arm)
  })
  return { shown, ran }
}

/** @throws BadInput where the scenario has no such knob */
function knobOf(scenario: Scenario, { knob: name }: Pick<Options, 'knob'>): Knob {
  const knob = scenario.knobs[name]
  if (knob === undefined)
    throw new BadInput([`--knob: ${unknown(`knob of ${scenario.name}`, name, Object.keys(scenario.knobs))}`])
  return knob
}

/** Where the search begins. @throws BadInput for what cannot be doubled or halved */
function startOf(name: string, knob: Knob, { knob: turned, set }: Pick<Options, 'knob' | 'set'>): number {
  let start: number
  try {
    start = knobValue(knob, set[turned] ?? knob.default)
  } catch (error) {
    throw new BadInput([`--set ${turned}: ${messageOf(error)}`])
  }
  if (start > 0) return start
  throw new BadInput([
    `--knob ${turned}: ${name} begins at ${typed(start, knob.type)}, which cannot be doubled or halved; begin elsewhere with --set ${turned}=…`,
  ])
}

/** As far as it must be right to be compared; what else is in it came of this program. */
const shape = z.looseObject({
  version: z.literal(1),
  scenario: z.string(),
  knob: z.string(),
  arms: z.array(z.looseObject({ arm: z.string(), checks: z.array(z.looseObject({ id: z.string() })) })),
})

/** @throws BadInput that names the file and what it lacks */
function readEnvelope(file: string): Envelope {
  if (!existsSync(file))
    throw new BadInput([`--baseline: there is no ${file}; an earlier envelope.json is wanted`])
  try {
    return shape.parse(JSON.parse(readFileSync(file, 'utf8'))) as unknown as Envelope
  } catch {
    throw new BadInput([
      `--baseline: ${file} is no envelope of this version; 'envelope' writes envelope.json`,
    ])
  }
}

/** @throws BadInput where the one that is kept is of another scenario or knob */
function requireSame(before: Envelope, { scenario, knob }: Pick<Envelope, 'scenario' | 'knob'>): void {
  if (before.scenario === scenario && before.knob === knob) return
  throw new BadInput([
    `--baseline: it is of ${before.scenario} by ${before.knob}, not of ${scenario} by ${knob}`,
  ])
}

function exitOf({ arms }: Envelope, worse: readonly string[]): number {
  if (worse.length > 0) return exitCode.deviates
  const isKnown = arms.every(({ holdsTo, deviatesFrom }) => holdsTo !== null || deviatesFrom !== null)
  return isKnown ? exitCode.holds : exitCode.inconclusive
}
