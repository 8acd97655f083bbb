import { chmod, mkdir, mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HarnessError } from '../../errors.ts'
import { type NodeService, proxyName, type System } from '../../experiment/system.ts'
import { moduleUrl } from '../../module-url.ts'
import { connectToxiproxy } from '../../toxiproxy/connect.ts'
import type { LinkAddress, Runtime, Topology, UpOptions } from '../runtime.ts'
import { followLog } from './log-events.ts'
import { cacheDir, stateDir } from './machine.ts'
import { leasePorts } from './ports.ts'
import { postgresCommand, postgresUser } from './postgres.ts'
import { answersHttp, answersPostgres, untilReady } from './readiness.ts'
import { type Exit, type Supervision, superviseHere } from './supervision.ts'

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
    capabilities: new Set(['links', 'kill', 'pause']),
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
            fileURLToPath(moduleUrl(import.meta.url, '../../toxiproxy/server/main.ts')),
            '--host',
            host,
            '--port',
            `${port}`,
            '--seed',
            up.seed,
          ]
        : ['-host', host, '-port', `${port}`],
      env: commonEnvironment,
      logFile: logFile('toxiproxy'),
      stopSignal: 'SIGTERM',
      channel: embedded,
    })
    await untilReady(handle('toxiproxy'), () => answersHttp(`http://${host}:${port}/version`), signal)
    return connectToxiproxy(`http://${host}:${port}`)
  }

  const links = new Map<string, LinkAddress>()
  const makeLinks = async (toxiproxy: Topology['toxiproxy']): Promise<void> => {
    await Promise.all(
      system.links.map(async ({ name, to }) => {
        const proxy = proxyName(name)
        const at = await toxiproxy.createProxy({
          name: proxy,
          listen: `${host}:0`,
          upstream: `${host}:${firstPort(to)}`,
        })
        const target = system.services[to]!
        const protocol = target.kind === 'postgres' ? ('postgres' as const) : ('http' as const)
        const url =
          target.kind === 'postgres'
            ? `postgres://${postgresUser}@${at.host}:${at.port}/${target.database}`
            : `http://${at.host}:${at.port}`
        links.set(name, { name, proxy, host: at.host, port: at.port, url, protocol })
      }),
    )
  }

  const startPostgres = async (service: string, database: string): Promise<void> => {
    const port = firstPort(service)
    const command = await postgresCommand(join(scratch, service), database, port)
    await supervision.spawn({
      ...command,
      id: service,
      env: commonEnvironment,
      logFile: logFile(service),
      // Immediate shutdown: the cluster is thrown away.
      stopSignal: 'SIGQUIT',
      channel: false,
    })
    const url = `postgres://${postgresUser}@${host}:${port}/${database}`
    await untilReady(handle(service), () => answersPostgres(url), signal)
  }

  const startNode = async (
    service: string,
    spec: NodeService,
    files: Record<string, string>,
  ): Promise<void> => {
    const ownScratch = join(scratch, service)
    await mkdir(ownScratch, { recursive: true })
    const outgoing = system.links.filter((link) => link.from === service)
    await supervision.spawn({
      id: service,
      command: process.execPath,
      args: [fileURLToPath(spec.module)],
      env: {
        ...commonEnvironment,
        SERVICE_NAME: service,
        SEED: up.seed,
        HOST: host,
        ...Object.fromEntries(
          Object.entries(spec.ports).map(([port, variable]) => [
            variable,
            String(portOf(`${service}/${port}`)),
          ]),
        ),
        ...Object.fromEntries(outgoing.map((link) => [link.variable!, links.get(link.name)!.url])),
        ...spec.environment?.({ files, seed: up.seed, scratch: ownScratch }),
        ...up.environment[service],
      },
      logFile: logFile(service),
      stopSignal: 'SIGTERM',
      channel: true,
    })
    const port = portOf(`${service}/${spec.health.port ?? Object.keys(spec.ports)[0]!}`)
    await untilReady(
      handle(service),
      () => answersHttp(`http://${host}:${port}${spec.health.path}`),
      up.signal,
    )
  }

  const preparing = system.prepare?.({ cacheDir: cacheDir(), seed: up.seed }) ?? Promise.resolve({})
  const linked = startToxiproxy().then(async (client) => {
    await makeLinks(client)
    return client
  })
  const started = memo(async (service: string): Promise<void> => {
    const spec = system.services[service]!
    if (spec.kind === 'postgres') return startPostgres(service, spec.database)
    const needed = system.links.filter(({ from, needed }) => from === service && needed === 'to-start')
    const [files] = await Promise.all([preparing, linked, ...needed.map(({ to }) => ready(to))])
    await startNode(service, spec, files)
  })
  /** Started, and so is whatever it leads to: a service that only serves with others is not ready before them. */
  const ready = memo(async (service: string): Promise<void> => {
    const targets = system.links.filter(({ from }) => from === service)
    await Promise.all([started(service), ...targets.map(({ to }) => ready(to))])
  })
  await allOrNone([linked, ...Object.keys(system.services).map(started)], giveUp)
  const [toxiproxy, files] = await Promise.all([linked, preparing])

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
    direct: (service, port) =>
      system.services[service]?.kind === 'postgres'
        ? `postgres://${postgresUser}@${host}:${firstPort(service)}/${(system.services[service] as { database: string }).database}`
        : `http://${host}:${port === undefined ? firstPort(service) : portOf(`${service}/${port}`)}`,
    link: (name) => {
      const found = links.get(name)
      if (found === undefined) throw new HarnessError(`there is no link ${name}`)
      return found
    },
    flushEvents: async () => {
      await Promise.all(followers.map((follower) => follower.flush()))
    },
    adopt: (pid) => supervision.adopt(pid),
    [Symbol.asyncDispose]: () => keep.disposeAsync(),
  }
}

/** Does the work of each key once. */
function memo(work: (key: string) => Promise<void>): (key: string) => Promise<void> {
  const done = new Map<string, Promise<void>>()
  return (key) => {
    let doing = done.get(key)
    if (doing === undefined) {
      doing = work(key)
      done.set(key, doing)
    }
    return doing
  }
}

/** Waits for all, even when one fails; then throws the first failure. */
async function allOrNone(work: readonly Promise<unknown>[], giveUp: AbortController): Promise<void> {
  let first: { error: unknown } | undefined
  await Promise.all(
    work.map((one) =>
      one.catch((error: unknown) => {
        first ??= { error }
        giveUp.abort(error)
      }),
    ),
  )
  if (first !== undefined) throw first.error
}
