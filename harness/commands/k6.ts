import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, extname, isAbsolute, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command, InvalidArgumentError, Option } from 'commander'
import { called } from '../called.ts'
import { BadInput, messageOf } from '../errors.ts'
import { entranceVariable, scriptOf } from '../load/k6/script.ts'
import { broughtStreams, maxInFlight, steadyStreams } from '../load/streams.ts'
import type { ArrivalStream } from '../model/arrivals.ts'
import type { Plan } from '../model/plan.ts'
import { linkName, type System } from '../model/system.ts'
import { allCapabilities } from '../model/topology.ts'
import { unknown } from '../near-miss.ts'
import { cacheDir } from '../runtimes/host/machine.ts'
import { scenariosOption, setOption } from './options.ts'
import { choose, loadScenarios, planAll } from './scenarios.ts'

interface Options {
  out?: string
  base: Record<string, string>
  seed: string
  set: Record<string, string>
  faults: boolean
  scenarios?: string
}

const baseOption = new Option('--base <link=url>', 'where users come in by an entrance; may be given again')
  .default({}, 'asked of the environment')
  .argParser((typed: string, before: Record<string, string>) => {
    const at = typed.indexOf('=')
    const url = typed.slice(at + 1).trim()
    if (at <= 0 || !/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
      throw new InvalidArgumentError(
        `'${typed}' is not link=url, such as official→front=http://127.0.0.1:20001`,
      )
    return { ...before, [linkName(typed.slice(0, at).trim())]: url.replace(/\/+$/, '') }
  })

export const k6Command = new Command('k6')
  .description(
    "a scenario's users as a script that k6 runs alone: same journeys, same arrivals, its service levels as thresholds",
  )
  .argument('<scenario>', 'whose users')
  .option('--out <file>', 'where the script is written, such as load.ts (default: standard output)')
  .addOption(baseOption)
  .option('--seed <seed>', "fixes arrivals and the users' data; that of 'up'", '2023-11-17')
  .addOption(setOption)
  .option('--no-faults', 'leaves surges away; other faults are not of the load and never in the script')
  .addOption(scenariosOption)
  .addHelpText(
    'after',
    `
Examples:
  ${called('up 22-nov-overload')}   prints the addresses, as k6 takes them
  ${called('k6 22-nov-overload --out load.ts')}
  k6 run -e OFFICIAL_TO_FRONT=http://127.0.0.1:20001 load.ts
  ${called("k6 22-nov-overload --base 'official->front=http://saeol.test' --out load.ts")}`,
  )
  .action(async (name: string, options: Options) => {
    const [planned] = planAll(choose(await loadScenarios(options.scenarios, [name]), [name]), {
      set: options.set,
      without: [],
      faultsOn: options.faults,
      // Nothing is injected here but surges: any scenario's users may be written.
      capabilities: new Set(allCapabilities),
      runtime: 'k6',
    })
    const { plan, system } = planned!
    const links = system.links.filter(({ from }) => from === null).map((link) => link.name)
    const problems = Object.keys(options.base)
      .filter((link) => !links.includes(link))
      .map((link) => unknown('entrance', link, links))
    if (problems.length > 0) throw new BadInput(problems.map((problem) => `--base: ${problem}`))
    const entrances = entrancesOf(plan, system)
    const { out } = options
    const dataFile = await userData(system, options.seed)
    const script = scriptOf({
      says: [
        `${plan.scenario}: ${plan.title}`,
        `Written by 'saeol-chaos k6 ${plan.scenario}'; write it again rather than change it.`,
        `k6 run ${entrances.map((link) => `-e ${entranceVariable(link)}=http://… `).join('')}${out ?? 'script.ts'}`,
        "The addresses are what 'saeol-chaos up' prints; USER_DATA names another file with the users.",
      ],
      seed: options.seed,
      streams: streamsOf(plan),
      journeysModule: system.journeys.module,
      entrances: Object.fromEntries(entrances.map((link) => [link, options.base[link]])),
      dataFile: dataFile !== undefined && out !== undefined ? `./${usersFile(out)}` : dataFile,
      maxInFlight,
      acts: plan.acts,
      checks: plan.checks,
      underOrders: false,
      specifier: (url) => specifier(fileURLToPath(url), out),
    })
    if (out === undefined) {
      process.stdout.write(script)
      return
    }
    try {
      mkdirSync(dirname(out), { recursive: true })
      writeFileSync(out, script)
      if (dataFile !== undefined) copyForAnybody(dataFile, join(dirname(out), usersFile(out)))
    } catch (error) {
      throw new BadInput([`--out: cannot write ${out}: ${messageOf(error)}`])
    }
    const where = entrances
      .filter((link) => options.base[link] === undefined)
      .map((link) => `-e ${entranceVariable(link)}=http://… `)
    process.stdout.write(`wrote ${out}\n  k6 run ${where.join('')}${out}\n`)
  })

/** Entrances that the scenario's users come in by. */
function entrancesOf(plan: Plan, system: System): string[] {
  const names = new Set(streamsOf(plan).map(({ journey }) => journey))
  const used = system.journeys.all
    .filter(({ name }) => names.has(name))
    .flatMap(({ entrance, goesOnTo = [] }) => [entrance, ...goesOnTo])
    .map(linkName)
  return [...new Set(used)]
}

function streamsOf(plan: Plan): ArrivalStream[] {
  return [...steadyStreams(plan), ...broughtStreams(plan.faultsOn ? plan.faults : [])]
}

async function userData(system: System, seed: string): Promise<string | undefined> {
  if (system.userData === undefined) return undefined
  return (await system.prepare?.({ cacheDir: cacheDir(), seed }))?.[system.userData]
}

/** Users' data lies beside the script: a container sees both, and the cache may be emptied. */
function usersFile(out: string): string {
  return `${basename(out, extname(out))}.users.json`
}

/** The keys are those of made-up people; k6's image runs as a user of its own. */
function copyForAnybody(from: string, to: string): void {
  copyFileSync(from, to)
  chmodSync(to, 0o644)
}

/** Relative to the script's directory, so that both can be moved together; absolute if that is not known. */
function specifier(file: string, out: string | undefined): string {
  // k6 reads a path as a URL's.
  const escaped = (path: string): string => path.replace(/[%#?]/g, encodeURIComponent)
  if (out === undefined) return escaped(file)
  const path = relative(dirname(resolve(out)), file)
  return escaped(isAbsolute(path) || path.startsWith('.') ? path : `./${path}`)
}
