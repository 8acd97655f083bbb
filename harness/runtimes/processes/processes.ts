import { chmod, mkdir, mkdtemp } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HarnessError } from '../../errors.ts'
import { type NodeService, type PostgresService, proxyName, type System } from '../../model/system.ts'
import type { LinkAddress, Topology } from '../../model/topology.ts'
import { connectToxiproxy } from '../../toxiproxy/connect.ts'
import { followLog } from '../host/log-events.ts'
import { cacheDir, stateDir } from '../host/machine.ts'
import { leasePorts } from '../host/ports.ts'
import type { SpawnRequest } from '../host/protocol.ts'
import { answersHttp, answersPostgres, untilReady } from '../host/readiness.ts'
import { type Exit, type Supervision, superviseHere } from '../host/supervision.ts'
import { addressUrl, linkAddress } from '../link-url.ts'
import type { Runtime, UpOptions } from '../runtime.ts'
import { serviceEnvironment } from '../service-environment.ts'
import { startInOrder } from '../start-order.ts'
import { processControl } from './control.ts'
import { postgresCommand } from './postgres.ts'

const host = '127.0.0.1'

/**
 * The embedded runtime: every service a child process on loopback, a real PostgreSQL, and a Toxiproxy: the embedded
 * server, or the `toxiproxy-server` executable given. Needs no container engine.
 */
export function processesRuntime(options: {
  toxiproxy: 'embedded' | { executable: string }
}): Runtime & AsyncDisposable {
  let supervision: Supervision | undefined
  return {
    name: 'processes',
    // The embedded Toxiproxy has a stand-in for lost packets; the real one cannot see them.
    capabilities: new Set([
      'links',
      'kill',
      'pause',
      ...(options.toxiproxy === 'embedded' ? (['packet-loss'] as const) : []),
    ]),
    up: (system, up) => {
      supervision ??= superviseHere()
      return bringUp(system, up, supervision, options.toxiproxy)
    },
    async [Symbol.asyncDispose]() {
      await supervision?.[Symbol.asyncDispose]()
    },
  }
}

/**
 * 1. lease every port, so that every address is known before anything starts
 * 2. prepare keys and registers; start Toxiproxy and PostgreSQL
 * 3. make every link's proxy
 * 4. start each service, leaf first: once those it needs to start are ready by their own health
 */
async function bringUp(
  system: System,
  up: UpOptions,
  supervision: Supervision,
  toxiproxyKind: 'embedded' | { executable: string },
): Promise<Topology> {
  await using undo = new AsyncDisposableStack()
  const portNames = Object.entries(system.services).flatMap(([service, spec]) =>
    spec.kind === 'node' ? Object.keys(spec.ports).map((port) => `${service}/${port}`) : [`${service}/main`],
  )
  const lease = undo.use(await leasePorts(portNames.length + 1))
  const portOf = (name: string): number => lease.ports[portNames.indexOf(name) + 1]!
  const firstPort = (service: string): number =>
    portOf(portNames.find((name) => name.startsWith(`${service}/`))!)

  const scratch = await mkdtemp(join(stateDir(), 'topology-'))
  // PostgreSQL, under another account when this is root, must be able to pass through.
  await chmod(scratch, 0o711)
  await mkdir(up.logDir, { recursive: true })
  const ended = new Map<string, Exit>()
  let watching = false
  const unlisten = supervision.onExit((exit) => {
    ended.set(exit.id, exit)
    if (watching && !exit.asked)
      up.onDeath({ service: exit.id, code: exit.code, signal: exit.signal, log: logFile(exit.id) })
  })
  supervision.scratch(scratch)
  undo.defer(() => supervision.stopAll())
  undo.defer(() => {
    watching = false
    unlisten()
  })

  const logFile = (service: string): string => join(up.logDir, `${service}.log`)
  const handle = (name: string) => ({ name, log: logFile(name), hasEnded: () => ended.get(name) })
  const commonEnvironment = {
    PATH: process.env.PATH ?? '',
    NODE_COMPILE_CACHE: join(cacheDir(), 'compiled'),
    TZ: process.env.TZ ?? 'Asia/Seoul',
  }

  // The first failure ends the waiting of all the others, so that nothing is started behind the back of the clean-up.
  const giveUp = new AbortController()
  const signal = AbortSignal.any([up.signal, giveUp.signal])

  const startToxiproxy = async (): Promise<Topology['toxiproxy']> => {
    const port = lease.ports[0]!
    const embedded = toxiproxyKind === 'embedded'
    await supervision.spawn({
      id: 'toxiproxy',
      command: embedded ? process.execPath : toxiproxyKind.executable,
      args: embedded
        ? [
            createRequire(import.meta.url).resolve('@saeol-chaos/toxiproxy/bin'),
            '--host',
            host,
            '--port',
            `${port}`,
            '--seed',
            up.seed,
          ]
        : ['-host', host, '-port', `${port}`, '-proxy-metrics'],
      env: commonEnvironment,
      logFile: logFile('toxiproxy'),
      stopSignal: 'SIGTERM',
      channel: embedded,
    })
    await untilReady(handle('toxiproxy'), () => answersHttp(`http://${host}:${port}/version`), signal)
    return connectToxiproxy(`http://${host}:${port}`)
  }

  const links = new Map<string, LinkAddress>()
  const linkOf = (name: string): LinkAddress => {
    const found = links.get(name)
    if (found === undefined) throw new HarnessError(`there is no link ${name}`)
    return found
  }
  const makeLinks = async (toxiproxy: Topology['toxiproxy']): Promise<void> => {
    await Promise.all(
      system.links.map(async (link) => {
        const at = await toxiproxy.createProxy({
          name: proxyName(link.name),
          listen: `${host}:0`,
          upstream: `${host}:${firstPort(link.to)}`,
        })
        links.set(link.name, linkAddress(system, link, at))
      }),
    )
  }

  const direct = (service: string, port?: string): string =>
    addressUrl(system, service, {
      host,
      port: port === undefined ? firstPort(service) : portOf(`${service}/${port}`),
    })
  const isReady = (service: string): Promise<boolean> => {
    const spec = system.services[service]!
    return spec.kind === 'postgres'
      ? answersPostgres(direct(service))
      : answersHttp(`${direct(service, spec.health.port)}${spec.health.path}`)
  }
  /** How each service was started last, so that it can be started again. */
  const lives = new Map<string, { request: SpawnRequest; pid: number }>()
  const start = async (request: SpawnRequest): Promise<void> => {
    ended.delete(request.id)
    const { pid } = await supervision.spawn(request)
    lives.set(request.id, { request, pid })
    await untilReady(handle(request.id), () => isReady(request.id), signal)
  }

  const startPostgres = async (service: string, { database }: PostgresService): Promise<void> => {
    const command = await postgresCommand(join(scratch, service), database, firstPort(service))
    await start({
      ...command,
      id: service,
      env: commonEnvironment,
      logFile: logFile(service),
      // Immediate shutdown: the cluster is thrown away.
      stopSignal: 'SIGQUIT',
      channel: false,
    })
  }

  const startNode = async (
    service: string,
    spec: NodeService,
    files: Record<string, string>,
  ): Promise<void> => {
    const ownScratch = join(scratch, service)
    await mkdir(ownScratch, { recursive: true })
    await start({
      id: service,
      command: process.execPath,
      args: [fileURLToPath(spec.module)],
      env: {
        ...commonEnvironment,
        ...serviceEnvironment(
          system,
          service,
          spec,
          { host, port: (port) => portOf(`${service}/${port}`), link: linkOf, files, scratch: ownScratch },
          up,
        ),
      },
      logFile: logFile(service),
      stopSignal: 'SIGTERM',
      channel: true,
    })
  }

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
  const early = [...ended.values()].find((exit) => !exit.asked)
  if (early !== undefined)
    throw new HarnessError(`${early.id} ended while the network came up`, { lookAt: [logFile(early.id)] })
  watching = true

  const keep = undo.move()
  return {
    system,
    toxiproxy,
    files,
    direct,
    link: linkOf,
    flushEvents: async () => {
      await Promise.all(followers.map((follower) => follower.flush()))
    },
    adopt: (pid) => supervision.adopt(pid),
    control: processControl({
      supervision,
      pid: (service) => lives.get(service)!.pid,
      hasEnded: (service) => ended.has(service),
      start: (service) => start(lives.get(service)!.request),
    }),
    [Symbol.asyncDispose]: () => keep.disposeAsync(),
  }
}
