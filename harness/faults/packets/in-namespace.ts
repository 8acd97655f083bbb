import { createHash } from 'node:crypto'
import { HarnessError } from '../../errors.ts'
import type { Topology } from '../../model/topology.ts'
import { type FaultContext, kept } from '../fault.ts'
import {
  addressesCommand,
  addressesIn,
  type Command,
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
    for (const command of commands) await run(where, command)
  }

  async function route(from: string, to: string): Promise<{ device: string; address: string }> {
    const printed = await run(from, routeCommand(to))
    const found = routeIn(printed)
    if (found === undefined) throw new HarnessError(`no way from ${from} to ${to} in '${printed.trim()}'`)
    return found
  }

  return {
    said: `real packets, dropped by iptables in the network of ${service}`,
    async prepare() {
      // The side-car may have to be started first, which takes longer than everything else.
      await Promise.all([run(service, listCommand), run(proxies, addressesCommand)])
    },
    async lose() {
      const [upstream, printed] = await Promise.all([
        topology.toxiproxy.upstreamOf(proxy),
        run(proxies, addressesCommand),
      ])
      const sources = addressesIn(printed)
      if (sources.length === 0)
        throw new HarnessError(`Toxiproxy has no address in its network: '${printed.trim()}'`)
      const here = await route(service, sources[0]!)
      const there = await route(proxies, here.address)
      await Promise.all([
        offloads.use(fault, service, here.device, run),
        offloads.use(fault, proxies, there.device, run),
      ])
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

/** Offloads that faults have switched off, each for as long as one of them needs it: all share Toxiproxy's device. */
interface Offloads {
  use(fault: string, where: string, device: string, run: Run): Promise<void>
  release(fault: string, run: Run): Promise<void>
}

function createOffloads(): Offloads {
  const switched = new Map<
    string,
    { where: string; device: string; off: Promise<string[]>; users: Set<string> }
  >()

  async function switchOff(where: string, device: string, run: Run): Promise<string[]> {
    const names = offloadsIn(await run(where, offloadsCommand(device)))
    for (const command of switchOffloads(device, names, 'off')) await run(where, command)
    return names
  }

  return {
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
