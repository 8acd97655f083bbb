import type { Proxies } from '../proxies.ts'
import type { TcpProxy } from '../proxy.ts'
import type { Toxic, ToxicTypes, ToxicValues, ToxicWanted } from '../toxic-chain.ts'
import { ApiError, badRequestBody, missingField, proxyNotFound, toxicNotFound } from './errors.ts'
import { readFields } from './json.ts'
import { readToxic, readToxicChange } from './read-toxic.ts'

const CHANGE_BODY = { proxy: 'string', add: 'object', update: 'object', remove: 'string' } as const

/** A toxic as it will be once the changes before are made. */
type Planned = Pick<ToxicWanted, 'name' | 'type'> & ToxicValues & { toxic?: Toxic }

/**
 * Makes toxic changes on any number of proxies all at once: no byte passes any of them while some of the changes are
 * made and others are not. Either all can be made, or none is.
 * @param body `{"changes":[{"proxy":"a","add":{…}},{"proxy":"b","update":{"name":"x",…}},{"proxy":"c","remove":"x"}]}`
 * @returns the proxies changed
 * @throws ApiError that tells which change cannot be made
 */
export function changeTogether(proxies: Proxies, types: ToxicTypes, body: unknown): readonly TcpProxy[] {
  const plannedOf = new Map<TcpProxy, Planned[]>()
  const steps = listOf(body).map((entry, index) => {
    const { proxy: name, ...fields } = readFields(entry, CHANGE_BODY)
    if (name === undefined) throw missingField(`proxy at change ${index + 1}`)
    const proxy = proxies.find(name)
    if (proxy === undefined) throw proxyNotFound()
    const planned = plannedOf.get(proxy) ?? proxy.toxics.list().map((toxic) => ({ ...toxic, toxic }))
    plannedOf.set(proxy, planned)
    const change = changeOf(fields, index + 1)
    return numbered(index + 1, () => prepare(proxy, change, planned, types))
  })
  for (const step of steps) step()
  return [...plannedOf.keys()]
}

type Change =
  | { readonly how: 'add'; readonly body: unknown }
  | { readonly how: 'update'; readonly name: string; readonly body: unknown }
  | { readonly how: 'remove'; readonly name: string }

function changeOf(
  { add, update, remove }: { readonly add?: unknown; readonly update?: unknown; readonly remove?: string },
  number: number,
): Change {
  if (add !== undefined) return { how: 'add', body: add }
  if (remove !== undefined) return { how: 'remove', name: remove }
  if (update === undefined) throw missingField(`add, update or remove at change ${number}`)
  const { name } = readFields(update, { name: 'string' })
  if (name === undefined) throw missingField(`name of the toxic at change ${number}`)
  return { how: 'update', name, body: update }
}

/** Checks one change against what its proxy will have by then. @returns what makes it */
function prepare({ toxics }: TcpProxy, change: Change, planned: Planned[], types: ToxicTypes): () => void {
  const find = (name: string) => planned.find((toxic) => toxic.name === name)
  if (change.how === 'add') {
    const wanted = readToxic(change.body, types, (name) => find(name) !== undefined)
    const added: Planned = { ...wanted }
    planned.push(added)
    return () => {
      added.toxic = toxics.add(wanted)
    }
  }
  const existing = find(change.name)
  if (existing === undefined) throw toxicNotFound()
  if (change.how === 'remove') {
    planned.splice(planned.indexOf(existing), 1)
    return () => toxics.remove(existing.toxic!)
  }
  const values = readToxicChange(change.body, existing)
  Object.assign(existing, values)
  return () => void toxics.update(existing.toxic!, values)
}

function numbered<T>(number: number, run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw error instanceof ApiError ? new ApiError(error.status, `change ${number}: ${error.message}`) : error
  }
}

function listOf(body: unknown): readonly unknown[] {
  const changes = typeof body === 'object' && body !== null && 'changes' in body ? body.changes : undefined
  if (!Array.isArray(changes)) throw badRequestBody('"changes" is to be a list')
  return changes
}
