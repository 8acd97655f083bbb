import { BadInput, HarnessError } from '../errors.ts'
import { findExecutable } from '../executable.ts'
import { forContainers, forPostgres, lacking } from '../few-need.ts'
import type { System } from '../model/system.ts'
import { mustKnowKinds } from './bring-up.ts'
import type { Engine } from './containers/engine.ts'
import { processesRuntime } from './processes/processes.ts'
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
 * @throws BadInput when what is asked for cannot be or a system has services of an unknown kind, HarnessError when the engine asked for does not answer
 */
export async function chooseRuntime(wanted: Wanted): Promise<Chosen> {
  const { runtime, toxiproxy, systems } = wanted
  systems.forEach(mustKnowKinds)
  if (runtime === 'processes') return processes(wanted)
  const without = systems.find(({ image }) => image === undefined)
  if (runtime === 'containers') {
    if (toxiproxy === 'path')
      throw new BadInput(['--toxiproxy path is for processes: in containers the real Toxiproxy runs as one'])
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

/** @throws BadInput where a system has a database and PostgreSQL is not installed */
function processes({ toxiproxy, systems }: Wanted): Chosen {
  const database = systems.find(({ services }) =>
    Object.values(services).some(({ kind }) => kind === 'postgres'),
  )
  const absent = database && lacking(`PostgreSQL of the system '${database.name}' needs`, forPostgres)
  if (absent !== undefined) throw new BadInput([absent])
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
