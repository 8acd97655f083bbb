import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { bringUp } from '../bring-up.ts'
import type { Ground, Site } from '../ground.ts'
import { identify } from '../host/machine.ts'
import type { SpawnRequest } from '../host/protocol.ts'
import type { Supervision } from '../host/supervision.ts'
import { type Supervisors, supervisors } from '../host/supervisors.ts'
import type { Runtime } from '../runtime.ts'
import { host, leaseAddresses } from './addresses.ts'
import { postgresCommand } from './postgres.ts'
import {
  commandRequest,
  nodeRequest,
  postgresRequest,
  toxiproxyRequest,
  type WhichToxiproxy,
} from './requests.ts'

/**
 * The embedded runtime: every service a child process on loopback, a real PostgreSQL, and a Toxiproxy. Needs no
 * container engine.
 */
export function processesRuntime(options: { toxiproxy: WhichToxiproxy }): Runtime & AsyncDisposable {
  const pool = supervisors()
  return {
    name: 'processes',
    // The embedded Toxiproxy has a stand-in for lost packets; the real one cannot see them.
    capabilities: new Set([
      'links',
      'kill',
      'pause',
      'command',
      ...(options.toxiproxy === 'embedded' ? (['packet-loss'] as const) : []),
    ]),
    up: (system, up) => bringUp((site) => provideProcesses(site, pool, options.toxiproxy), system, up),
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  }
}

/** Leased ports, a scratch directory, and the supervisor's children. */
async function provideProcesses(site: Site, pool: Supervisors, toxiproxy: WhichToxiproxy): Promise<Ground> {
  await using undo = new AsyncDisposableStack()
  const supervision = pool.take()
  undo.defer(() => pool.giveBack(supervision))
  const ports = undo.use(await leaseAddresses(site.system))
  const scratch = await makeScratch(supervision)
  undo.defer(async () => void (await supervision.stopAll()))
  undo.defer(supervision.onExit(({ id, code, signal }) => site.lives.ended(id, { code, signal })))

  /** How each service was started last, so that it can be started again. */
  const started = new Map<string, { request: SpawnRequest; pid: number }>()
  const start = async (request: SpawnRequest): Promise<void> => {
    const { pid } = await supervision.spawn(request)
    started.set(request.id, { request, pid })
  }

  const keep = undo.move()
  return {
    at: ports.of,
    link: ({ name, to, port }) => {
      const here = ports.ofLink(name)
      return { listen: `${host}:${here.port}`, upstream: `${host}:${ports.of(to, port).port}`, here }
    },
    whereabouts: (service, files) => ({
      host,
      port: (port) => ports.of(service, port).port,
      link: (name) => ports.ofLink(name),
      files,
      scratch: join(scratch, service),
    }),
    async startToxiproxy() {
      await start(toxiproxyRequest(site, toxiproxy, ports.toxiproxy.port))
      return `http://${host}:${ports.toxiproxy.port}`
    },
    async startPostgres(service, { database }) {
      const cluster = join(scratch, service)
      await start(
        postgresRequest(site, service, await postgresCommand(cluster, database, ports.of(service).port)),
      )
    },
    async startNode(service, node) {
      await mkdir(join(scratch, service), { recursive: true })
      await start(nodeRequest(site, service, node))
    },
    async startCommand(service, command) {
      await mkdir(join(scratch, service), { recursive: true })
      await start(commandRequest(site, service, command))
    },
    startAgain: (service) => start(started.get(service)!.request),
    kill: (service) => supervision.signal(service, 'SIGKILL'),
    stop: async (service) => supervision.stop(service),
    pause: (service) => supervision.signal(service, 'SIGSTOP'),
    resume: (service) => supervision.signal(service, 'SIGCONT'),
    life: async (service) => lifeOf(started.get(service)!.pid),
    // Children write into their log files themselves.
    logged: async () => {},
    processes: async () => [...started.values()].map(({ pid }) => pid),
    adopt: (pid) => supervision.adopt(pid),
    [Symbol.asyncDispose]: () => keep.disposeAsync(),
  }
}

/** A directory that lives as long as the topology. */
async function makeScratch(supervision: Supervision): Promise<string> {
  const scratch = await supervision.scratch()
  // PostgreSQL, under another account when this is root, must be able to pass through.
  await chmod(scratch, 0o711)
  return scratch
}

function lifeOf(pid: number): string | undefined {
  const identity = identify(pid)
  return identity === undefined ? undefined : `process ${identity.pid}, start ${identity.started}`
}
