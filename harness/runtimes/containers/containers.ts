import { randomBytes } from 'node:crypto'
import { chmod, mkdir, mkdtemp } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { HarnessError, messageOf } from '../../errors.ts'
import { images } from '../../images.ts'
import { type NodeService, type PostgresService, proxyName, type System } from '../../model/system.ts'
import type { LinkAddress, Topology } from '../../model/topology.ts'
import { connectToxiproxy } from '../../toxiproxy/connect.ts'
import { clusterRecipe, clusterSettings, settingArguments } from '../cluster.ts'
import { followLog } from '../host/log-events.ts'
import { cacheDir, stateDir } from '../host/machine.ts'
import { leasePorts } from '../host/ports.ts'
import { answersHttp, answersPostgres, untilReady } from '../host/readiness.ts'
import { type Supervision, superviseHere } from '../host/supervision.ts'
import { addressUrl, linkAddress, postgresUser } from '../link-url.ts'
import type { Runtime, UpOptions } from '../runtime.ts'
import { serviceEnvironment } from '../service-environment.ts'
import { startInOrder } from '../start-order.ts'
import { type ContainerSpec, startContainer } from './container.ts'
import { containerControl, graceSeconds } from './control.ts'
import { watchDeaths } from './deaths.ts'
import { type Engine, must } from './engine.ts'
import { label, topologyLabels } from './labels.ts'
import { type LogPump, pumpLog } from './logs.ts'
import { networkAdmin } from './network-admin.ts'
import { imagesOf, provideImage } from './provide-images.ts'
import { reapTopology } from './reap.ts'

// Within the network every container has its own ports.
const apiPort = 8474
const firstLinkPort = 20_000
const firstServicePort = 8080
const postgresPort = 5432
/** Where services find what is copied in for them, and what they may write. */
const filesDir = '/saeol-chaos/files'
const scratchDir = '/saeol-chaos/own/scratch'

/**
 * Every service a container, a real Toxiproxy and PostgreSQL beside them, in a network of their own. The engine must be
 * on this machine.
 */
export function containersRuntime(options: { engine: Engine }): Runtime & AsyncDisposable {
  let supervision: Supervision | undefined
  return {
    name: 'containers',
    capabilities: new Set(['links', 'kill', 'pause', 'packet-loss']),
    up: (system, up) => {
      supervision ??= superviseHere()
      return bringUp(system, up, supervision, options.engine)
    },
    async [Symbol.asyncDispose]() {
      await supervision?.[Symbol.asyncDispose]()
    },
  }
}

/**
 * 1. have every image: there, pulled or built
 * 2. make the network; from here on the supervisor removes whatever carries the topology's label
 * 3. start Toxiproxy and PostgreSQL; make every link's proxy
 * 4. start each service, leaf first: once those it needs to start are ready by their own health
 */
async function bringUp(
  system: System,
  up: UpOptions,
  supervision: Supervision,
  engine: Engine,
): Promise<Topology> {
  await using undo = new AsyncDisposableStack()
  for (const image of imagesOf(system)) await provideImage(engine, image, up)
  const tools = await toolsImage(engine, system, up)
  up.signal.throwIfAborted()

  const topology = randomBytes(4).toString('hex')
  const labels = topologyLabels(topology, up.logDir)
  const scratch = await mkdtemp(join(stateDir(), 'topology-'))
  // An empty directory for every service, copied in as it is: whoever the service runs as may write there.
  await mkdir(join(scratch, 'own', 'scratch'), { recursive: true })
  await chmod(join(scratch, 'own', 'scratch'), 0o1777)
  await mkdir(up.logDir, { recursive: true })
  supervision.scratch(scratch)
  supervision.labelled({ engine: engine.address, topology })
  const pumps = new Map<string, LogPump>()
  undo.defer(() => {
    for (const pump of pumps.values()) pump[Symbol.dispose]()
  })
  // Once more by ourselves: a supervisor that was killed removes nothing.
  undo.defer(async () => void (await reapTopology(engine, topology)))
  undo.defer(() => supervision.stopAll())

  // --- who is there, and who has ended

  const ids = new Map<string, string>()
  let toxiproxyAddress = ''
  const ended = new Map<string, { code: number; signal: null }>()
  const expected = new Map<string, () => void>()
  let watching = false
  const logFile = (service: string): string => join(up.logDir, `${service}.log`)
  const handle = (name: string) => ({ name, log: logFile(name), hasEnded: () => ended.get(name) })
  const onEnd = async (service: string, code: number): Promise<void> => {
    // Its last words first: whoever is told of the end reads the log.
    await pumps.get(service)?.finished()
    ended.set(service, { code, signal: null })
    const asked = expected.get(service)
    expected.delete(service)
    if (asked !== undefined) asked()
    else if (watching) up.onDeath({ service, code, signal: null, log: logFile(service) })
  }
  const watch = undo.use(
    watchDeaths(engine, topology, {
      ended: (service, code) => void onEnd(service, code),
      engineLost: () => {
        if (watching)
          up.onDeath({
            service: `the container engine at ${engine.address}`,
            code: null,
            signal: 'connection lost',
            log: logFile('toxiproxy'),
          })
      },
    }),
  )
  await watch.watching

  // The first failure ends the waiting of all the others, so that nothing is started behind the back of the clean-up.
  const giveUp = new AbortController()
  const signal = AbortSignal.any([up.signal, giveUp.signal])

  // --- the network, and how this machine reaches into it

  const network = `saeol-chaos-${topology}`
  await must(engine, 'make a network', 'POST', '/networks/create', {
    body: { Name: network, Driver: 'bridge', CheckDuplicate: true, Labels: labels },
  })
  const linkPort = (name: string): number =>
    firstLinkPort + system.links.findIndex((link) => link.name === name)
  const portOf = (service: string, port?: string): number => {
    const spec = system.services[service]!
    if (spec.kind === 'postgres') return postgresPort
    return firstServicePort + (port === undefined ? 0 : Object.keys(spec.ports).indexOf(port))
  }
  const portsOf = (name: string): number[] => {
    if (name === 'toxiproxy') return [apiPort, ...system.links.map((link) => linkPort(link.name))]
    const spec = system.services[name]!
    return spec.kind === 'postgres'
      ? [postgresPort]
      : Object.keys(spec.ports).map((port) => portOf(name, port))
  }
  // This machine reaches in by ports on 127.0.0.1 alone, which the engine relays: that works wherever an engine does.
  const inside = ['toxiproxy', ...Object.keys(system.services)].flatMap((name) =>
    portsOf(name).map((port) => ({ name, port })),
  )
  const lease = undo.use(await leasePorts(inside.length))
  const published = new Map<string, Map<number, number>>()
  inside.forEach(({ name, port }, i) => {
    const ofOne = published.get(name) ?? new Map<number, number>()
    published.set(name, ofOne.set(port, lease.ports[i]!))
  })
  const at = (name: string, port: number): { host: string; port: number } => ({
    host: '127.0.0.1',
    port: published.get(name)!.get(port)!,
  })
  const direct = (service: string, port?: string): string =>
    addressUrl(system, service, at(service, portOf(service, port)))

  // --- containers

  const start = async (
    name: string,
    spec: Omit<ContainerSpec, 'name' | 'labels' | 'network'>,
  ): Promise<void> => {
    signal.throwIfAborted()
    const container = await startContainer({
      ...spec,
      name: `${network}-${name}`,
      labels: { ...labels, [label.service]: name },
      network: { id: network, alias: name },
      published: published.get(name)!,
    }).catch((cause: unknown) => {
      const said = messageOf(cause)
      const remedy = /no space left/i.test(said)
        ? ": free some space ('docker system df' shows where it is)"
        : ''
      throw new HarnessError(`the container of ${name} could not be started: ${said}${remedy}`, { cause })
    })
    ids.set(name, container.getId())
    pumps.set(name, pumpLog(engine, container.getId(), logFile(name)))
    if (name === 'toxiproxy') toxiproxyAddress = container.getIpAddress(network)
  }
  const isReady = (service: string): Promise<boolean> => {
    const spec = system.services[service]!
    return spec.kind === 'postgres'
      ? answersPostgres(direct(service))
      : answersHttp(`${direct(service, spec.health.port)}${spec.health.path}`)
  }
  const ready = (service: string): Promise<void> =>
    untilReady(handle(service), () => isReady(service), signal)

  const startToxiproxy = async (): Promise<Topology['toxiproxy']> => {
    await start('toxiproxy', {
      image: images.toxiproxy,
      command: ['-host=0.0.0.0', '-proxy-metrics'],
      privileges: 'none',
    })
    const { host, port } = at('toxiproxy', apiPort)
    const url = `http://${host}:${port}`
    await untilReady(handle('toxiproxy'), () => answersHttp(`${url}/version`), signal)
    return connectToxiproxy(url)
  }

  const links = new Map<string, LinkAddress>()
  const makeLinks = async (toxiproxy: Topology['toxiproxy']): Promise<void> => {
    await Promise.all(
      system.links.map(async (link) => {
        await toxiproxy.createProxy({
          name: proxyName(link.name),
          listen: `0.0.0.0:${linkPort(link.name)}`,
          upstream: `${link.to}:${portOf(link.to)}`,
        })
        links.set(link.name, {
          ...linkAddress(system, link, at('toxiproxy', linkPort(link.name))),
          // A refused connection is accepted by the engine's relay, and closed.
          relayed: true,
        })
      }),
    )
  }

  const startPostgres = async (service: string, { database }: PostgresService): Promise<void> => {
    await start(service, {
      image: images.postgres,
      command: ['postgres', ...settingArguments(clusterSettings)],
      environment: {
        POSTGRES_USER: postgresUser,
        POSTGRES_DB: database,
        POSTGRES_HOST_AUTH_METHOD: 'trust',
        POSTGRES_INITDB_ARGS: clusterRecipe.join(' '),
      },
    })
    await ready(service)
  }

  const startNode = async (
    service: string,
    spec: NodeService,
    files: Record<string, string>,
  ): Promise<void> => {
    const inside = Object.fromEntries(
      Object.entries(files).map(([name, path]) => [name, `${filesDir}/${name}-${basename(path)}`]),
    )
    const environment = serviceEnvironment(
      system,
      service,
      spec,
      {
        host: '0.0.0.0',
        port: (port) => portOf(service, port),
        link: (name) => ({ host: 'toxiproxy', port: linkPort(name) }),
        files: inside,
        scratch: scratchDir,
      },
      up,
    )
    const told = new Set(Object.values(environment))
    await start(service, {
      image: system.image!.tag,
      entrypoint: ['node'],
      command: [system.image!.entry(spec.module)],
      environment,
      hosts: { toxiproxy: toxiproxyAddress },
      // Only what it is told of: the keys of one service are no business of the next.
      files: Object.keys(files)
        .filter((name) => told.has(inside[name]!))
        .map((name) => ({ source: files[name]!, target: inside[name]! })),
      directories: [{ source: join(scratch, 'own'), target: '/saeol-chaos/own' }],
      privileges: 'none',
    })
    await ready(service)
  }

  // --- up

  undo.defer(async () => {
    watching = false
    // Asked to end, so that logs end whole; the supervisor then removes them, whatever came of it.
    await Promise.all(
      Object.keys(system.services).map(async (service) => {
        const id = ids.get(service)
        if (id === undefined || ended.has(service)) return
        await engine.ask('POST', `/containers/${id}/unpause`).catch(() => {})
        await engine.ask('POST', `/containers/${id}/stop?t=${graceSeconds}`).catch(() => {})
        await pumps.get(service)?.finished()
      }),
    )
  })
  const prepared = system.prepare?.({ cacheDir: cacheDir(), seed: up.seed }) ?? Promise.resolve({})
  const linked = startToxiproxy().then(async (client) => {
    await makeLinks(client)
    return client
  })
  await startInOrder(system, { prepared, linked, startPostgres, startNode }, giveUp)
  const [toxiproxy, files] = await Promise.all([linked, prepared])

  const followers = Object.keys(system.services).map((service) =>
    undo.use(followLog(service, logFile(service), up.onSystemEvent)),
  )
  const [early] = ended.keys()
  if (early !== undefined)
    throw new HarnessError(`${early} ended while the network came up`, { lookAt: [logFile(early)] })
  watching = true

  const admin = networkAdmin({
    engine,
    image: tools,
    container: (service) => ids.get(service)!,
    spec: (service) => ({ name: `${network}-${service}-netadmin-${randomBytes(2).toString('hex')}`, labels }),
  })
  const keep = undo.move()
  return {
    system,
    toxiproxy,
    files,
    direct,
    link: (name) => {
      const found = links.get(name)
      if (found === undefined) throw new HarnessError(`there is no link ${name}`)
      return found
    },
    flushEvents: async () => {
      const running = Object.keys(system.services).filter((service) => !ended.has(service))
      await Promise.all(running.map((service) => pumps.get(service)!.caughtUp()))
      await Promise.all(followers.map((follower) => follower.flush()))
    },
    adopt: (pid) => supervision.adopt(pid),
    control: containerControl({
      engine,
      container: (service) => ids.get(service)!,
      expectEnd: (service) => new Promise((resolve) => expected.set(service, resolve)),
      hasEnded: (service) => ended.has(service),
      async startedAgain(service) {
        ended.delete(service)
        await admin.forget(service)
        pumps.set(service, pumpLog(engine, ids.get(service)!, logFile(service), pumps.get(service)!.last()))
        await untilReady(handle(service), () => isReady(service), up.signal)
      },
    }),
    inNetworkOf: (service, argv) => admin.run(service, argv),
    [Symbol.asyncDispose]: () => keep.disposeAsync(),
  }
}

/** The image for faults on packets, if it can be had; what is missing is told when such a fault asks for it. */
async function toolsImage(engine: Engine, system: System, up: UpOptions): Promise<string | undefined> {
  const image = system.image?.netadmin
  if (image === undefined) return undefined
  try {
    await provideImage(engine, image, up)
    return image.tag
  } catch {
    return undefined
  }
}
