import { createHash } from 'node:crypto'
import { HarnessError } from '../../errors.ts'
import type { Topology } from '../../model/topology.ts'
import { type FaultContext, kept } from '../fault.ts'
import {
  addressesCommand,
  addressesIn,
  type Command,
  inOneGo,
  listCommand,
  loseCommands,
  offloadsCommand,
  offloadsIn,
  passCommands,
  routeCommand,
  routeIn,
  switchOffloads,
} from './commands.ts'
import type { Means } from './means.ts'

/** Where the proxies' connections come from. */
const proxies = 'toxiproxy'

/**
 * Real packets are dropped where they arrive: by iptables in the service's network namespace, from Toxiproxy to the port
 * of its links. Meanwhile segmentation offload is off at both ends, so that packets have the size that a wire carries.
 * @param fault its id: the rules stand in a chain of its own
 */
export function inNamespace(options: {
  readonly topology: Topology
  readonly memory: FaultContext['memory']
  readonly fault: string
  readonly service: string
  readonly proxy: string
  readonly minBytes: number
  readonly probability: number
}): Means {
  const { topology, fault, service, proxy, minBytes, probability } = options
  const offloads = kept(options.memory, 'packet-loss/offloads', createOffloads)
  const chain = `chaos-${createHash('sha256').update(fault).digest('hex').slice(0, 12)}`
  const run = (where: string, argv: Command): Promise<string> => topology.inNetworkOf!(where, argv)
  const runAll = async (where: string, commands: readonly Command[]): Promise<void> => {
    if (commands.length > 0) await run(where, inOneGo(commands))
  }
  const findWay = (): Promise<Way> => wayFrom(proxies, service, run)
  /** Found before the fault is due: each look costs a start of a process beside the service. */
  const way = (): Promise<Way> => kept(options.memory, `packet-loss/way/${service}`, findWay)

  return {
    said: `real packets, dropped by iptables in the network of ${service}`,
    async prepare() {
      const { here, there } = await way()
      await Promise.all([offloads.look(service, here, run), offloads.look(proxies, there, run)])
    },
    async lose() {
      const [upstream, { sources, here, there }] = await Promise.all([
        topology.toxiproxy.upstreamOf(proxy),
        way(),
      ])
      await Promise.all([offloads.use(fault, service, here, run), offloads.use(fault, proxies, there, run)])
      const port = Number(upstream.slice(upstream.lastIndexOf(':') + 1))
      await runAll(service, loseCommands(chain, { sources, port, minBytes, probability }))
    },
    async pass() {
      try {
        await runAll(service, passCommands(chain, await run(service, listCommand)))
      } finally {
        await offloads.release(fault, run)
      }
    },
  }
}

type Run = (where: string, argv: Command) => Promise<string>

/** The addresses that packets come from, and the devices that they leave and arrive by. */
interface Way {
  readonly sources: readonly string[]
  readonly here: string
  readonly there: string
}

/** @throws HarnessError where there is no address, or no way. */
async function wayFrom(from: string, to: string, run: Run): Promise<Way> {
  const printed = await run(from, addressesCommand)
  const sources = addressesIn(printed)
  if (sources.length === 0)
    throw new HarnessError(`Toxiproxy has no address in its network: '${printed.trim()}'`)
  const route = async (where: string, target: string): Promise<{ device: string; address: string }> => {
    const said = await run(where, routeCommand(target))
    const found = routeIn(said)
    if (found === undefined) throw new HarnessError(`no way from ${where} to ${target} in '${said.trim()}'`)
    return found
  }
  const here = await route(to, sources[0]!)
  const there = await route(from, here.address)
  return { sources, here: here.device, there: there.device }
}

/** Offloads that faults have switched off, each for as long as one of them needs it: all share Toxiproxy's device. */
interface Offloads {
  /** Looks which are on, while no fault has switched any off. */
  look(where: string, device: string, run: Run): Promise<void>
  use(fault: string, where: string, device: string, run: Run): Promise<void>
  release(fault: string, run: Run): Promise<void>
}

function createOffloads(): Offloads {
  const on = new Map<string, Promise<string[]>>()
  const switched = new Map<
    string,
    { where: string; device: string; off: Promise<string[]>; users: Set<string> }
  >()

  function look(where: string, device: string, run: Run): Promise<string[]> {
    const key = `${where}/${device}`
    const names = on.get(key) ?? run(where, offloadsCommand(device)).then(offloadsIn)
    on.set(key, names)
    return names
  }

  async function switchOff(where: string, device: string, run: Run): Promise<string[]> {
    const names = await look(where, device, run)
    for (const command of switchOffloads(device, names, 'off')) await run(where, command)
    return names
  }

  return {
    look: async (where, device, run) => void (await look(where, device, run)),
    async use(fault, where, device, run) {
      const key = `${where}/${device}`
      let entry = switched.get(key)
      if (entry === undefined) {
        entry = { where, device, off: switchOff(where, device, run), users: new Set() }
        switched.set(key, entry)
      }
      entry.users.add(fault)
      await entry.off
    },
    async release(fault, run) {
      for (const [key, { where, device, off, users }] of switched) {
        if (!users.delete(fault) || users.size > 0) continue
        switched.delete(key)
        // What could not be switched off need not be switched on again.
        const names = await off.catch((): string[] => [])
        for (const command of switchOffloads(device, names, 'on')) await run(where, command)
      }
    },
  }
}
