import { setTimeout as sleep } from 'node:timers/promises'
import { HarnessError, messageOf } from '../../errors.ts'
import { type Engine, filters, must } from './engine.ts'
import { label } from './labels.ts'

/** What was removed. */
export interface Reaped {
  readonly containers: number
  readonly networks: number
}

/** How long the engine may be away, refuse, or not let go, ms: it may be starting again at this very moment. */
const longestMs = 30_000
const everyMs = 200

/**
 * Removes everything of a topology from its engine: containers with their volumes, then networks; looks again until
 * nothing is left.
 * @param settleMs goes on looking so long after it has found nothing: whoever was killed may have asked for one more
 * @throws HarnessError when the engine does not answer, or something cannot be removed in `patienceMs`
 */
export async function reapTopology(
  engine: Engine,
  topology: string,
  settleMs = 0,
  patienceMs = longestMs,
): Promise<Reaped> {
  const query = filters({ label: [`${label.topology}=${topology}`] })
  const containers = new Set<string>()
  const networks = new Set<string>()
  const until = performance.now() + patienceMs
  let cleanSince: number | undefined
  for (;;) {
    const round = await sweep(engine, query).catch((error: unknown) => {
      if (performance.now() > until)
        throw new HarnessError(`cannot remove what topology ${topology} left: ${messageOf(error)}`, {
          cause: error,
        })
      return undefined
    })
    for (const id of round?.containers ?? []) containers.add(id)
    for (const id of round?.networks ?? []) networks.add(id)
    if (round !== undefined && round.containers.length + round.networks.length === 0) {
      cleanSince ??= performance.now()
      if (performance.now() - cleanSince >= settleMs)
        return { containers: containers.size, networks: networks.size }
    } else {
      cleanSince = undefined
      // An engine that counts an endpoint of a container that is gone refuses for ever.
      if (round !== undefined && performance.now() > until) throw notLetGo(topology, round)
    }
    await sleep(everyMs)
  }
}

function notLetGo(topology: string, { containers, networks }: Round): HarnessError {
  const left = [
    ...containers.map((id) => `container ${id.slice(0, 12)}`),
    ...networks.map((id) => `network ${id.slice(0, 12)}`),
  ]
  return new HarnessError(
    `the engine does not let go of what topology ${topology} left: ${left.join(', ')}; 'docker network inspect' and 'docker ps -a' show by whom it is held, and where that is nobody the engine must be started anew`,
  )
}

interface Round {
  readonly containers: readonly string[]
  readonly networks: readonly string[]
}

/** One round. @returns what was there at its start. */
async function sweep(engine: Engine, query: string): Promise<Round> {
  const list = async (path: string): Promise<string[]> =>
    (await must<{ Id: string }[]>(engine, 'list what is left', 'GET', path)).map(({ Id }) => Id)
  const containers = await list(`/containers/json?all=1&${query}`)
  // Gone already (404), or being removed by somebody else (409): the next round sees.
  await Promise.all(
    containers.map((id) =>
      must(engine, `remove container ${id.slice(0, 12)}`, 'DELETE', `/containers/${id}?force=1&v=1`, {
        fine: [404, 409],
      }),
    ),
  )
  const networks = await list(`/networks?${query}`)
  // Still in use by a container that is going (403).
  await Promise.all(
    networks.map((id) =>
      must(engine, `remove network ${id.slice(0, 12)}`, 'DELETE', `/networks/${id}`, { fine: [403, 404] }),
    ),
  )
  return { containers, networks }
}
