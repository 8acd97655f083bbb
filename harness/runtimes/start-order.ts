import type { CommandService, NodeService, PostgresService } from '../model/service.ts'
import type { System } from '../model/system.ts'

/** What is to be started, and how. */
export interface Starts {
  /** Keys and registers: the files of `System.prepare`. */
  readonly prepared: Promise<Record<string, string>>
  /** Toxiproxy runs, and every link has its proxy. */
  readonly linked: Promise<unknown>
  /** Each starts a service and resolves once it is ready by its own health. */
  startPostgres(service: string, spec: PostgresService): Promise<void>
  startNode(service: string, spec: NodeService, files: Record<string, string>): Promise<void>
  startCommand(service: string, spec: CommandService): Promise<void>
}

/**
 * Starts every service: leaf first, each once those it needs to start are ready, all others side by side.
 * @param giveUp is aborted by the first failure, so that nothing is started while the clean-up runs
 * @throws the first failure, once nothing is starting any more
 */
export async function startInOrder(system: System, starts: Starts, giveUp: AbortController): Promise<void> {
  const started = memo(async (service: string): Promise<void> => {
    const spec = system.services[service]!
    if (spec.kind === 'postgres') return starts.startPostgres(service, spec)
    const needed = system.links.filter(({ from, needed }) => from === service && needed === 'to-start')
    const [files] = await Promise.all([starts.prepared, starts.linked, ...needed.map(({ to }) => ready(to))])
    if (spec.kind === 'command') return starts.startCommand(service, spec)
    await starts.startNode(service, spec, files)
  })
  /** Ready, and so is everything that it leads to: a service that needs others to serve is not ready before them. */
  const ready = memo(async (service: string): Promise<void> => {
    const targets = system.links.filter(({ from }) => from === service)
    await Promise.all([started(service), ...targets.map(({ to }) => ready(to))])
  })
  await allOrNone([starts.linked, ...Object.keys(system.services).map(started)], giveUp)
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
