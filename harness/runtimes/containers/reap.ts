import { setTimeout as sleep } from 'node:timers/promises'
import { called } from '../../called.ts'
import { HarnessError, messageOf } from '../../errors.ts'
import { type Engine, filters, must } from './engine.ts'
import { label } from './labels.ts'

/** What was removed. */
export interface Reaped {
  readonly containers: number
  readonly networks: number
  /**
   * Names of networks with nobody in them that the engine refuses to remove: it has lost count of their endpoints, and
   * counts anew when it starts. They cost nothing but a range of addresses.
   */
  readonly kept: readonly string[]
}

/** How long the engine may be away, refuse, or not let go, ms: it may be starting again at this very moment. */
const longestMs = 30_000
const everyMs = 200
/** How long a network with nobody in it may be refused before the engine's count is taken to be wrong, ms. */
const miscountedMs = 5_000

/**
 * Removes everything of a topology from its engine: containers with their volumes, then networks; looks again until
 * nothing is left but what the engine keeps by mistake.
 * @param settleMs goes on looking so long after it has found nothing: whoever was killed may have asked for one more
 * @throws HarnessError when the engine does not answer, or something cannot be removed in `patienceMs`
 */
export async function reapTopology(
  engine: Engine,
  topology: string,
  settleMs = 0,
  { patienceMs = longestMs, emptyMs = miscountedMs } = {},
): Promise<Reaped> {
  const query = filters({ label: [`${label.topology}=${topology}`] })
  const containers = new Set<string>()
  const networks = new Set<string>()
  const began = performance.now()
  const passed = (since: number | undefined, ms: number): boolean =>
    since !== undefined && performance.now() - since >= ms
  /** Since when there is nothing, or nothing but networks that are refused with nobody in them. */
  let cleanSince: number | undefined
  let emptySince: number | undefined
  for (;;) {
    const round = await sweep(engine, query).catch((error: unknown) => {
      if (passed(began, patienceMs))
        throw new HarnessError(`cannot remove what topology ${topology} left: ${messageOf(error)}`, {
          cause: error,
        })
      return undefined
    })
    for (const id of round?.containers ?? []) containers.add(id)
    for (const id of round?.networks ?? []) networks.add(id)
    cleanSince = round !== undefined && isClean(round) ? (cleanSince ?? performance.now()) : undefined
    emptySince = round !== undefined && isMiscounted(round) ? (emptySince ?? performance.now()) : undefined
    const kept = passed(emptySince, emptyMs) ? round!.refused.map(({ name }) => name) : []
    if (kept.length > 0 || passed(cleanSince, settleMs))
      return { containers: containers.size, networks: networks.size - kept.length, kept }
    if (round !== undefined && !isClean(round) && passed(began, patienceMs)) throw notLetGo(topology, round)
    await sleep(everyMs)
  }
}

/** What is said of networks that the engine keeps by mistake. */
export function tellKept(kept: readonly string[]): string {
  return `the engine keeps ${kept.join(', ')}, in which there is nobody: it has lost count, and '${called('clean')}' removes it once the engine was started anew`
}

/** What one round found, and what of it the engine refused to remove. */
interface Round {
  readonly containers: readonly string[]
  readonly networks: readonly string[]
  readonly refused: readonly Refused[]
}

/** A network, and the containers that are in it, as the engine counts them. */
interface Refused {
  readonly name: string
  readonly inside: readonly string[]
}

function isClean({ containers, networks }: Round): boolean {
  return containers.length + networks.length === 0
}

function isMiscounted({ containers, networks, refused }: Round): boolean {
  return (
    containers.length === 0 &&
    networks.length > 0 &&
    refused.length === networks.length &&
    refused.every(({ inside }) => inside.length === 0)
  )
}

function notLetGo(topology: string, { containers, refused }: Round): HarnessError {
  const left = [
    ...containers.map((id) => `container ${id.slice(0, 12)}`),
    ...refused.map(
      ({ name, inside }) => `network ${name}, in which there is ${inside.join(', ') || 'nobody'}`,
    ),
  ]
  return new HarnessError(`the engine does not let go of what topology ${topology} left: ${left.join('; ')}`)
}

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
  const refused = await Promise.all(networks.map((id) => removeNetwork(engine, id)))
  return { containers, networks, refused: refused.filter((one) => one !== undefined) }
}

/** @returns the network where the engine refuses: a container that is in it, or that is going, or an endpoint that it only counts (403). */
async function removeNetwork(engine: Engine, id: string): Promise<Refused | undefined> {
  const what = `remove network ${id.slice(0, 12)}`
  const path = `/networks/${id}`
  const refusal = await must<{ message?: string }>(engine, what, 'DELETE', path, { fine: [403, 404] })
  if (refusal.message === undefined) return undefined
  const seen = await must<Partial<Inspected>>(engine, what, 'GET', path, { fine: [404] })
  if (seen.Name === undefined) return undefined
  return { name: seen.Name, inside: Object.values(seen.Containers ?? {}).map(({ Name }) => Name) }
}

interface Inspected {
  readonly Name: string
  readonly Containers: Readonly<Record<string, { readonly Name: string }>>
}
