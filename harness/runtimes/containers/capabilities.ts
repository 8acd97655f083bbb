import { findExecutable } from '../../executable.ts'
import type { System } from '../../model/system.ts'
import type { Capability } from '../../model/topology.ts'
import { isRoot } from '../host/machine.ts'
import type { Engine } from './engine.ts'
import { obstacleTo } from './provide-images.ts'

/** What work on packets takes, by root, where there is no image for it. */
const tools = ['nsenter', 'ip', 'iptables', 'ethtool'] as const

/** What containers can do on this engine to every one of these systems; and what is lacking, in words, if something is. */
export async function containerCapabilities(
  engine: Engine,
  systems: readonly System[],
): Promise<{ readonly capabilities: ReadonlySet<Capability>; readonly lacking?: string }> {
  const always = ['links', 'kill', 'pause'] as const
  const lacking = await obstacleToPackets(engine, systems)
  return lacking === undefined
    ? { capabilities: new Set([...always, 'packet-loss']) }
    : { capabilities: new Set(always), lacking: `packets cannot be lost: ${lacking}` }
}

/** Work on packets takes the system's image with the tools, or root and the tools of this machine. */
async function obstacleToPackets(engine: Engine, systems: readonly System[]): Promise<string | undefined> {
  const obstacles = await Promise.all(
    systems.map(({ name, image }) =>
      image?.netadmin === undefined
        ? `the system '${name}' declares no image for it`
        : obstacleTo(engine, image.netadmin),
    ),
  )
  const obstacle = obstacles.find((one) => one !== undefined)
  if (obstacle === undefined) return undefined
  const without = withoutImage()
  return without === undefined ? undefined : `${obstacle}, and ${without}`
}

function withoutImage(): string | undefined {
  if (process.platform !== 'linux') return "containers' networks are not within reach of this machine"
  if (!isRoot()) return 'this is not root'
  const missing = tools.filter((tool) => findExecutable(tool) === undefined)
  return missing.length === 0
    ? undefined
    : `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not on PATH`
}
