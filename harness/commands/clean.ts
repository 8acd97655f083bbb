import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { exitCode } from '../errors.ts'
import { answering, type Engine, findEngine } from '../runtimes/containers/engine.ts'
import { findTopologies } from '../runtimes/containers/labels.ts'
import { type Reaped, reapTopology, tellKept } from '../runtimes/containers/reap.ts'
import { isRunning, stateDir } from '../runtimes/host/machine.ts'
import { releaseStalePorts } from '../runtimes/host/ports.ts'
import type { Register } from '../runtimes/host/protocol.ts'
import { reapProcesses } from '../runtimes/host/reap-processes.ts'

export const cleanCommand = new Command('clean')
  .description(
    'removes what a killed run left behind: processes, containers, networks, scratch directories, port leases',
  )
  .option('--all', 'takes down runs that are still under way, too', false)
  .action(async (options: { all: boolean }) => {
    let runs = 0
    let processes = 0
    const running = stateDir('running')
    for (const file of readdirSync(running).filter((name) => name.endsWith('.json'))) {
      const register = read(join(running, file))
      if (register !== undefined && isRunning(register.harness) && !options.all) {
        process.stdout.write(
          `a run is under way (pid ${register.harness.pid}); it is left alone, --all takes it down\n`,
        )
        continue
      }
      if (register !== undefined) {
        processes += await reapProcesses(register)
        for (const dir of register.scratch) rmSync(dir, { recursive: true, force: true })
        const away = await enginesAway(register)
        if (away.length > 0) {
          process.stdout.write(
            `${away.join('; ')}: what a run left there cannot be removed; start it, and call this again\n`,
          )
          process.exitCode = exitCode.harnessError
          continue
        }
      }
      rmSync(join(running, file), { force: true })
      runs++
    }
    const engine = await findEngine()
    const reaped = 'missing' in engine ? nothing : await reapEngine(engine, options.all)
    releaseStalePorts()
    const removed = [
      ...(runs > 0 ? [`what ${runs} run(s) left behind: ${processes} process(es) ended`] : []),
      ...(reaped.containers + reaped.networks > 0
        ? [`${reaped.containers} container(s) and ${reaped.networks} network(s)`]
        : []),
    ]
    if (removed.length > 0) process.stdout.write(`removed ${removed.join('; ')}\n`)
    if (reaped.kept.length > 0) process.stdout.write(`${tellKept(reaped.kept)}\n`)
    else if (removed.length === 0 && process.exitCode === undefined)
      process.stdout.write('nothing was left behind\n')
  })

const nothing: Reaped = { containers: 0, networks: 0, kept: [] }

/** Removes topologies whose harness is gone, or all of them. They say themselves whose they are: no register is needed. */
async function reapEngine(engine: Engine, all: boolean): Promise<Reaped> {
  let sum = nothing
  for (const { topology, harness } of await findTopologies(engine)) {
    if (harness.runs && !all) continue
    const { containers, networks, kept } = await reapTopology(engine, topology)
    sum = {
      containers: sum.containers + containers,
      networks: sum.networks + networks,
      kept: [...sum.kept, ...kept],
    }
  }
  return sum
}

/** Engines that keep something of a run and do not answer, in words. */
async function enginesAway({ labelled }: Register): Promise<string[]> {
  const found = await Promise.all(labelled.map(({ engine }) => answering({ address: engine, from: '' })))
  return found.flatMap((engine) => ('missing' in engine ? [engine.missing] : []))
}

function read(file: string): Register | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Register
  } catch {
    return undefined
  }
}
