import { BadInput, HarnessError } from '../errors.ts'
import { findExecutable } from '../executable.ts'
import { forContainers, forPostgres, lacking } from '../few-need.ts'
import { partOf, type System } from '../model/system.ts'
import type { Capability } from '../model/topology.ts'
import type { Engine } from './containers/engine.ts'
import { kindsItLacks } from './kinds.ts'
import { processesRuntime } from './processes/processes.ts'
import { missingPrograms } from './processes/programs.ts'
import type { Runtime } from './runtime.ts'

/** Runtimes that `--runtime` accepts. */
export const runtimeNames = ['auto', 'processes', 'containers'] as const

/** Which Toxiproxy carries the links of processes: the embedded server, or the `toxiproxy-server` on PATH. */
export const toxiproxyNames = ['embedded', 'path'] as const

interface Wanted {
  readonly runtime: (typeof runtimeNames)[number]
  readonly toxiproxy: (typeof toxiproxyNames)[number]
  /** What is to be run there. */
  readonly systems: readonly System[]
}

interface Chosen {
  readonly runtime: Runtime & AsyncDisposable
  /** Which Toxiproxy, in words. */
  readonly toxiproxy: string
  /** Why `auto` chose this runtime, or what the runtime cannot do here. */
  readonly why?: string
}

/**
 * Chooses where the services run. `auto` takes containers when an engine answers and every image is there or can be had,
 * else processes.
 * @throws BadInput when what is asked for cannot be or of this machine something is missing, HarnessError when the engine asked for does not answer
 */
export async function chooseRuntime(wanted: Wanted): Promise<Chosen> {
  const { runtime, toxiproxy, systems } = wanted
  if (runtime === 'processes') return processes(wanted)
  const without = systems.find(({ image }) => image === undefined)
  if (runtime === 'containers') {
    if (toxiproxy === 'path')
      throw new BadInput(['--toxiproxy path is for processes: in containers the real Toxiproxy runs as one'])
    // Whatever engine there is. What is optional may not be brought up.
    const commands = commandsOf(systems.map((system) => partOf(system, [])))
    if (commands.length > 0) throw new BadInput(commands)
    if (without !== undefined)
      throw new BadInput([
        `--runtime containers: the system '${without.name}' declares no image of its services`,
      ])
    const absent = lacking('containers need', forContainers)
    if (absent !== undefined) throw new BadInput([`--runtime containers: ${absent}`])
    const { findEngine } = await import('./containers/engine.ts')
    const found = await findEngine()
    if ('missing' in found) throw new HarnessError(`${found.missing}: ${found.remedy}`)
    return containers(found, systems)
  }
  if (toxiproxy === 'path') return { ...processes(wanted), why: '--toxiproxy path is for processes' }
  if (commandsOf(systems).length > 0)
    return { ...processes(wanted), why: 'containers run no services of kind command' }
  const absent = lacking('containers need', forContainers)
  if (absent !== undefined) return { ...processes(wanted), why: absent }
  if (without !== undefined)
    return { ...processes(wanted), why: `the system '${without.name}' declares no image` }
  const { findEngine } = await import('./containers/engine.ts')
  const found = await findEngine()
  if ('missing' in found) return { ...processes(wanted), why: found.missing }
  const { imagesOf, obstacleTo } = await import('./containers/provide-images.ts')
  const images = new Map(systems.flatMap(imagesOf).map((image) => [image.tag, image]))
  const obstacles = await Promise.all([...images.values()].map((image) => obstacleTo(found, image)))
  const obstacle = obstacles.find((one) => one !== undefined)
  if (obstacle !== undefined) return { ...processes(wanted), why: obstacle }
  const chosen = await containers(found, systems)
  const forPackets = systems.some(({ image }) => image?.netadmin !== undefined)
  if (chosen.why !== undefined && forPackets) return { ...processes(wanted), why: chosen.why }
  return {
    ...chosen,
    why: 'a container engine answers, and the images are there or can be had',
  }
}

/** Services that containers cannot run, in words. */
function commandsOf(systems: readonly System[]): string[] {
  const containers = { runtime: 'containers', capabilities: new Set<Capability>() }
  return [...new Set(systems.flatMap((system) => kindsItLacks(system, containers)))]
}

/** @throws BadInput where PostgreSQL or a program that a system needs is not installed */
function processes({ toxiproxy, systems }: Wanted): Chosen {
  const database = systems.find(({ services }) =>
    Object.values(services).some(({ kind }) => kind === 'postgres'),
  )
  const absent = database && lacking(`PostgreSQL of the system '${database.name}' needs`, forPostgres)
  const missing = [...(absent === undefined ? [] : [absent]), ...systems.flatMap(missingPrograms)]
  if (missing.length > 0) throw new BadInput([...new Set(missing)])
  if (toxiproxy === 'embedded') return { runtime: processesRuntime({ toxiproxy }), toxiproxy: 'embedded' }
  const executable = findExecutable('toxiproxy-server')
  if (executable === undefined)
    throw new BadInput([
      "--toxiproxy path: there is no 'toxiproxy-server' on PATH; install it, or leave the option away for the embedded one",
    ])
  return { runtime: processesRuntime({ toxiproxy: { executable } }), toxiproxy: executable }
}

/** Loaded only when it is chosen: Testcontainers takes its time. Says why when it cannot do all that it could. */
async function containers(engine: Engine, systems: readonly System[]): Promise<Chosen> {
  const [{ containersRuntime }, { containerCapabilities }, { images }] = await Promise.all([
    import('./containers/containers.ts'),
    import('./containers/capabilities.ts'),
    import('../images.ts'),
  ])
  const { capabilities, lacking } = await containerCapabilities(engine, systems)
  return {
    runtime: containersRuntime({ engine, capabilities }),
    toxiproxy: images.toxiproxy,
    ...(lacking !== undefined && { why: lacking }),
  }
}
