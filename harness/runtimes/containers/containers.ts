import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '../../errors.ts'
import type { System } from '../../model/system.ts'
import type { Capability } from '../../model/topology.ts'
import { bringUp } from '../bring-up.ts'
import type { Ground, Site } from '../ground.ts'
import type { Supervision } from '../host/supervision.ts'
import { type Supervisors, supervisors } from '../host/supervisors.ts'
import type { Runtime, UpOptions } from '../runtime.ts'
import type { Engine } from './engine.ts'
import { openFleet } from './fleet.ts'
import { makeNetwork } from './network.ts'
import { networkAdmin, type ToolsImage } from './network-admin.ts'
import { apiPort, type ContainerPorts, leaseContainerPorts } from './ports.ts'
import { imagesOf, provideImage } from './provide-images.ts'
import {
  type Content,
  filesInside,
  nodeContent,
  postgresContent,
  scratchDir,
  toxiproxyContent,
} from './specs.ts'

/**
 * Every service a container, a real Toxiproxy and PostgreSQL beside them, in a network of their own. The engine must be
 * on this machine.
 */
export function containersRuntime(options: {
  engine: Engine
  /** What `containerCapabilities` says of the systems that are to run. */
  capabilities: ReadonlySet<Capability>
}): Runtime & AsyncDisposable {
  const pool = supervisors()
  // Testcontainers looks for an engine by itself, and must find the same.
  process.env.DOCKER_HOST = options.engine.address
  return {
    name: 'containers',
    capabilities: options.capabilities,
    up: (system, up) => bringUp((site) => provideContainers(site, pool, options), system, up),
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  }
}

/** Every image (there, pulled or built), leased ports, and a network of its own. */
async function provideContainers(
  site: Site,
  pool: Supervisors,
  { engine, capabilities }: { engine: Engine; capabilities: ReadonlySet<Capability> },
): Promise<Ground> {
  await using undo = new AsyncDisposableStack()
  const supervision = pool.take()
  undo.defer(() => pool.giveBack(supervision))
  const { system, options } = site
  for (const image of imagesOf(system)) await provideImage(engine, image, options)
  const tools = await toolsImage(engine, system, options)
  site.signal.throwIfAborted()

  const own = await makeOwn(supervision)
  const ports = undo.use(await leaseContainerPorts(system))
  const network = undo.use(await makeNetwork(engine, supervision, options))
  const fleet = undo.use(await openFleet(engine, network, site))
  const admin = networkAdmin({
    engine,
    image: tools,
    container: (service) => fleet.id(service),
    spec: (service) => network.beside(service, 'netadmin'),
  })
  const start = (name: string, content: Content): Promise<string> =>
    fleet.start(name, { ...content, ...network.named(name), published: ports.published(name) })
  let toxiproxyAddress = ''

  const keep = undo.move()
  return {
    ...placesIn(ports),
    ...fleet,
    async startToxiproxy() {
      toxiproxyAddress = await start('toxiproxy', toxiproxyContent())
      const { host, port } = ports.at('toxiproxy', apiPort)
      return `http://${host}:${port}`
    },
    startPostgres: async (service, spec) => void (await start(service, postgresContent(spec))),
    async startNode(service, node) {
      const hosts = { toxiproxy: toxiproxyAddress }
      await start(service, { ...nodeContent(system.image!, node, own), hosts })
    },
    async startAgain(service) {
      await fleet.startAgain(service)
      await admin.forget(service)
    },
    adopt: (pid) => supervision.adopt(pid),
    ...(capabilities.has('packet-loss') && { inNetworkOf: admin.run }),
    [Symbol.asyncDispose]: () => keep.disposeAsync(),
  }
}

/** Where everything is: within the network, and from here. */
function placesIn(ports: ContainerPorts): Pick<Ground, 'at' | 'link' | 'whereabouts'> {
  return {
    at: (service, port) => ports.at(service, ports.of(service, port)),
    link: ({ name, to, port }) => ({
      listen: `0.0.0.0:${ports.ofLink(name)}`,
      upstream: `${to}:${ports.of(to, port)}`,
      here: ports.at('toxiproxy', ports.ofLink(name)),
      // A refused connection is accepted by the engine's relay, and closed.
      relayed: true,
    }),
    whereabouts: (service, files) => ({
      host: '0.0.0.0',
      port: (port) => ports.of(service, port),
      link: (name) => ({ host: 'toxiproxy', port: ports.ofLink(name) }),
      files: filesInside(files),
      scratch: scratchDir,
    }),
  }
}

/** An empty directory for every service, copied into its container: every user may write there. */
async function makeOwn(supervision: Supervision): Promise<string> {
  const scratch = await supervision.scratch()
  await mkdir(join(scratch, 'own', 'scratch'), { recursive: true })
  await chmod(join(scratch, 'own', 'scratch'), 0o1777)
  return join(scratch, 'own')
}

/** The image for faults on packets; why it cannot be had is told when such a fault asks for it. */
async function toolsImage(engine: Engine, system: System, up: UpOptions): Promise<ToolsImage> {
  const image = system.image?.netadmin
  if (image === undefined) return { missing: `the system '${system.name}' declares no image with the tools` }
  try {
    await provideImage(engine, image, up)
    return { tag: image.tag }
  } catch (error) {
    up.signal.throwIfAborted()
    return { missing: messageOf(error) }
  }
}
