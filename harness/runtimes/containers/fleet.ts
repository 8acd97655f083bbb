import { readFileSync } from 'node:fs'
import { HarnessError, messageOf } from '../../errors.ts'
import type { Site } from '../ground.ts'
import { type ContainerSpec, startContainer } from './container.ts'
import { type Engine, must } from './engine.ts'
import { type LogPump, pumpLog } from './logs.ts'
import type { TopologyNetwork } from './network.ts'
import { type EndWatch, watchEnds } from './watch-ends.ts'

/** How long a service may take to stop when asked, seconds, before it is killed. */
const graceSeconds = 1

/** The containers of one topology. Disposing it asks the services to end, so that their logs end whole. */
export interface Fleet extends AsyncDisposable {
  /** Starts a container under its name in the network. @returns its address there. @throws HarnessError in the engine's words. */
  start(name: string, spec: ContainerSpec): Promise<string>
  startAgain(name: string): Promise<void>
  id(name: string): string
  kill(name: string): Promise<void>
  stop(name: string): Promise<void>
  pause(name: string): Promise<void>
  resume(name: string): Promise<void>
  life(name: string): Promise<string | undefined>
  /** First process of each container that runs, as this machine counts it; none where the engine is on another. */
  processes(): Promise<readonly number[]>
  /** Resolves when everything that a running container has written so far is in its log file. */
  logged(name: string): Promise<void>
}

/** Starts, follows and signals containers that carry the topology's label; tells the site of every end. */
export async function openFleet(
  engine: Engine,
  { topology, id: network }: TopologyNetwork,
  site: Site,
): Promise<Fleet> {
  await using undo = new AsyncDisposableStack()
  const ids = new Map<string, string>()
  const pumps = new Map<string, LogPump>()
  undo.defer(() => {
    for (const pump of pumps.values()) pump[Symbol.dispose]()
  })
  const id = (name: string): string => ids.get(name)!
  const watch = undo.use(watchFleet(engine, topology, site, pumps))
  await watch.watching

  const act = (name: string, what: string, path: string): Promise<unknown> =>
    // 304: so it is already.
    must(engine, `${what} ${name}`, 'POST', `/containers/${id(name)}/${path}`, { fine: [304] })
  const stateOf = async (name: string): Promise<State> =>
    (await must<{ State: State }>(engine, `look at ${name}`, 'GET', `/containers/${id(name)}/json`)).State
  const resume = async (name: string): Promise<void> => {
    if ((await stateOf(name)).Paused) await act(name, 'resume', 'unpause')
  }
  /** A frozen container hears no signal until it goes on. */
  const end = async (name: string, what: string, path: string): Promise<void> => {
    await resume(name)
    await act(name, what, path)
  }
  undo.defer(() => endAll(engine, Object.keys(site.system.services), ids, pumps, site))

  const keep = undo.move()
  return {
    async start(name, spec) {
      const container = await startContainer(spec).catch((cause: unknown) => {
        throw new HarnessError(`the container of ${name} could not be started: ${whyNot(cause)}`, { cause })
      })
      ids.set(name, container.getId())
      pumps.set(name, pumpLog(engine, id(name), site.logFile(name)))
      return container.getIpAddress(network)
    },
    async startAgain(name) {
      await act(name, 'start', 'start')
      pumps.set(name, pumpLog(engine, id(name), site.logFile(name), pumps.get(name)!.last()))
    },
    id,
    kill: (name) => end(name, 'kill', 'kill'),
    stop: (name) => end(name, 'stop', `stop?t=${graceSeconds}`),
    async pause(name) {
      if (!(await stateOf(name)).Paused) await act(name, 'pause', 'pause')
    },
    resume,
    async life(name) {
      const { Running, StartedAt } = await stateOf(name)
      return Running ? `container ${id(name).slice(0, 12)}, start ${StartedAt}` : undefined
    },
    async processes() {
      const states = await Promise.all(
        [...ids.keys()].map(async (name) => [id(name), await stateOf(name)] as const),
      )
      return states.flatMap(([container, { Pid }]) => (isHere(Pid, container) ? [Pid] : []))
    },
    logged: (name) => pumps.get(name)!.caughtUp(),
    [Symbol.asyncDispose]: () => keep.disposeAsync(),
  }
}

/** Tells the site of every end. */
function watchFleet(
  engine: Engine,
  topology: string,
  { lives, logFile, onDeath }: Site,
  pumps: ReadonlyMap<string, LogPump>,
): EndWatch {
  return watchEnds(engine, topology, {
    async ended(name, code) {
      // First its last lines of log: the listener will read the log.
      await pumps.get(name)?.finished()
      lives.ended(name, { code, signal: null })
    },
    engineLost: () =>
      onDeath({
        service: `the container engine at ${engine.address}`,
        code: null,
        signal: 'connection lost',
        log: logFile('toxiproxy'),
      }),
  })
}

interface State {
  readonly Running: boolean
  readonly Paused: boolean
  readonly StartedAt: string
  /** 0 while it does not run. */
  readonly Pid: number
}

/** An engine in a virtual machine counts processes of its own: theirs must not be taken for ours. */
function isHere(pid: number, container: string): boolean {
  try {
    return pid > 0 && readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(container)
  } catch {
    return false
  }
}

function whyNot(cause: unknown): string {
  const said = messageOf(cause)
  return /no space left/i.test(said)
    ? `${said}: free some space ('docker system df' shows where it is)`
    : said
}

/** Asks every running service to end. If one does not, its container is removed later all the same. */
async function endAll(
  engine: Engine,
  services: readonly string[],
  ids: ReadonlyMap<string, string>,
  pumps: ReadonlyMap<string, LogPump>,
  { lives }: Site,
): Promise<void> {
  await Promise.all(
    services.map(async (service) => {
      const id = ids.get(service)
      if (id === undefined || lives.exitOf(service) !== undefined) return
      await engine.ask('POST', `/containers/${id}/unpause`).catch(() => {})
      await engine.ask('POST', `/containers/${id}/stop?t=${graceSeconds}`).catch(() => {})
      await pumps.get(service)?.finished()
    }),
  )
}
