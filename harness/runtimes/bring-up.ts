import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { BadInput, HarnessError } from '../errors.ts'
import type { CommandService, NodeService } from '../model/service.ts'
import { proxyName, type System } from '../model/system.ts'
import type { LinkAddress, Topology } from '../model/topology.ts'
import { filled } from '../placeholders.ts'
import { connectToxiproxy } from '../toxiproxy/connect.ts'
import { forgetPostgresSettings } from './cluster.ts'
import { serviceControl } from './control.ts'
import { tellDeath } from './deaths.ts'
import type { CommandStart, Ground, ProvideGround, Site } from './ground.ts'
import { watchCpuWait } from './host/cpu-wait.ts'
import { followLog } from './host/log-events.ts'
import { cacheDir } from './host/machine.ts'
import { answersHttp, untilReady } from './host/readiness.ts'
import { unknownKinds } from './kinds.ts'
import { addressUrl, linkAddress } from './link-url.ts'
import { createLives } from './lives.ts'
import { readinessOf } from './ready.ts'
import type { ServiceDeath, UpOptions } from './runtime.ts'
import { placesOf, serviceEnvironment } from './service-environment.ts'
import { startInOrder } from './start-order.ts'

/**
 * The one way up, on any ground:
 * 1. provide the ground: every address is known before anything starts
 * 2. prepare keys and registers; start Toxiproxy, and make every link's proxy; start the databases
 * 3. start each service, leaf first: once those it needs to start are ready by their own health
 * 4. hand over the events of its logs; from here on a death is the arm's business
 *
 * Whatever fails, or ends, on the way up ends it at once, and nothing is left.
 */
export async function bringUp(provide: ProvideGround, system: System, up: UpOptions): Promise<Topology> {
  const problems = unknownKinds(system)
  if (problems.length > 0) throw new BadInput(problems)
  if (Object.values(system.services).some(({ kind }) => kind === 'postgres')) forgetPostgresSettings()
  await using undo = new AsyncDisposableStack()
  await mkdir(up.logDir, { recursive: true })
  const site = openSite(system, up)
  const ground = undo.use(await provide(site))
  // The last first: what ends while the ground is cleared is no death.
  undo.use(site.lives)
  const untilAlive = starting(site, ground)

  const { seed, sabotages = [] } = up
  const prepared = system.prepare?.({ cacheDir: cacheDir(), seed, sabotages }) ?? Promise.resolve({})
  const linked = startLinks(site, ground)
  const begin = async (service: string, start: () => Promise<void>): Promise<void> => {
    site.signal.throwIfAborted()
    await untilAlive(service, start, site.signal)
    site.isReady(service)
  }
  await startInOrder(
    system,
    {
      prepared,
      linked,
      startPostgres: (service, spec) => begin(service, () => ground.startPostgres(service, spec)),
      startNode: (service, spec, files) =>
        begin(service, () => ground.startNode(service, nodeStart(site, ground, service, spec, files))),
      startCommand: (service, spec) =>
        begin(service, async () => ground.startCommand!(service, commandStart(site, ground, service, spec))),
    },
    site.giveUp,
  )
  const [{ toxiproxy, link }, files] = await Promise.all([linked, prepared])
  const followers = Object.keys(system.services).map((service) =>
    undo.use(followLog(service, site.logFile(service), up.onSystemEvent)),
  )
  site.signal.throwIfAborted()
  site.isUp()

  const adopted: number[] = []
  const keep = undo.move()
  return {
    system,
    toxiproxy,
    files,
    link,
    direct: (service, port) => addressUrl(system, service, ground.at(service, port)),
    async flushEvents() {
      const running = Object.keys(system.services).filter((name) => site.lives.exitOf(name) === undefined)
      await Promise.all(running.map((service) => ground.logged(service)))
      await Promise.all(followers.map((follower) => follower.flush()))
    },
    adopt(pid) {
      adopted.push(pid)
      ground.adopt(pid)
    },
    async watchCpuWait() {
      // A ground that cannot tell has ended, or is about to, which ends the arm by itself.
      const roots = async (): Promise<number[]> => [...adopted, ...(await ground.processes().catch(() => []))]
      const since = watchCpuWait(await roots())
      return async () => since(await roots())
    },
    control: serviceControl(ground, site.lives, (service) =>
      untilAlive(service, () => ground.startAgain(service), up.signal),
    ),
    ...(ground.inNetworkOf !== undefined && { inNetworkOf: ground.inNetworkOf }),
    [Symbol.asyncDispose]: () => keep.disposeAsync(),
  }
}

/** The site, and the turns on the way up: a service is ready, the system is up, or it is given up. */
interface OpenSite extends Site {
  readonly giveUp: AbortController
  isReady(service: string): void
  isUp(): void
}

/** When a service ended that was ready on the way up. */
const endedReady = 'after it was ready, while others were starting'

function openSite(system: System, up: UpOptions): OpenSite {
  const giveUp = new AbortController()
  const ready = new Set<string>()
  let isUp = false
  const logFile = (service: string): string => join(up.logDir, `${service}.log`)
  const onDeath = (death: ServiceDeath): void => {
    if (isUp) up.onDeath(death)
    else giveUp.abort(tellDeath(death, ready.has(death.service) ? endedReady : 'while starting'))
  }
  return {
    system,
    options: up,
    giveUp,
    signal: AbortSignal.any([up.signal, giveUp.signal]),
    lives: createLives((service, exit) => onDeath({ service, ...exit, log: logFile(service) })),
    logFile,
    onDeath,
    isReady: (service) => void ready.add(service),
    isUp: () => {
      isUp = true
    },
  }
}

/** Toxiproxy, and a proxy for every link. */
async function startLinks(
  { system, signal, lives, logFile }: Site,
  ground: Ground,
): Promise<{ toxiproxy: Topology['toxiproxy']; link: Topology['link'] }> {
  const url = await ground.startToxiproxy()
  const name = 'toxiproxy'
  const handle = { name, log: logFile(name), hasEnded: () => lives.exitOf(name) }
  await untilReady(handle, () => answersHttp(`${url}/version`), signal)
  const toxiproxy = connectToxiproxy(url)
  const links = new Map<string, LinkAddress>()
  await Promise.all(
    system.links.map(async (link) => {
      const { listen, upstream, here, relayed } = ground.link(link)
      await toxiproxy.createProxy({ name: proxyName(link.name), listen, upstream })
      links.set(link.name, { ...linkAddress(system, link, here), ...(relayed && { relayed }) })
    }),
  )
  return {
    toxiproxy,
    link: (name) => {
      const found = links.get(name)
      if (found === undefined) throw new HarnessError(`there is no link ${name}`)
      return found
    },
  }
}

function nodeStart(
  { system, options }: Site,
  ground: Ground,
  service: string,
  spec: NodeService,
  files: Readonly<Record<string, string>>,
) {
  const whereabouts = ground.whereabouts(service, files)
  return { spec, environment: serviceEnvironment(system, service, spec, whereabouts, options), files }
}

function commandStart(
  { system, options }: Site,
  ground: Ground,
  service: string,
  spec: CommandService,
): CommandStart {
  const whereabouts = ground.whereabouts(service, {})
  const places = placesOf(whereabouts)
  return {
    spec,
    argv: spec.argv.map((one) => filled(one, places)),
    environment: serviceEnvironment(system, service, spec, whereabouts, options),
  }
}

/** Starts a service, and waits until it is ready by its own health. */
function starting({ system, lives, logFile }: Site, ground: Ground) {
  return async (service: string, start: () => Promise<void>, signal: AbortSignal): Promise<void> => {
    const log = logFile(service)
    const url = (port?: string): string => addressUrl(system, service, ground.at(service, port))
    const ask = readinessOf(system.services[service]!, url, log)
    lives.begins(service)
    await start()
    await untilReady({ name: service, log, hasEnded: () => lives.exitOf(service) }, ask, signal)
  }
}
