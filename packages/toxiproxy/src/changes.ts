import { badRequestBody, missingField } from './errors.ts'
import { readFields } from './json.ts'
import type { Proxies } from './proxies.ts'
import type { TcpProxy } from './proxy.ts'
import type { ToxicChange } from './toxic-chain.ts'

const CHANGE_BODY = { proxy: 'string', add: 'object', update: 'object', remove: 'string' } as const

/**
 * Makes toxic changes on any number of proxies all at once: no byte passes any of them while some of the changes are
 * made and others are not. Either all can be made, or none is.
 * @param body `{"changes":[{"proxy":"a","add":{…}},{"proxy":"b","update":{"name":"x",…}},{"proxy":"c","remove":"x"}]}`
 * @returns the proxies changed
 */
export function changeTogether(proxies: Proxies, body: unknown): readonly TcpProxy[] {
  const byProxy = new Map<TcpProxy, { readonly change: ToxicChange; readonly number: number }[]>()
  for (const [index, entry] of listOf(body).entries()) {
    const { proxy: name, ...fields } = readFields(entry, CHANGE_BODY)
    if (name === undefined) throw missingField(`proxy at change ${index + 1}`)
    const proxy = proxies.find(name)
    byProxy.set(proxy, [
      ...(byProxy.get(proxy) ?? []),
      { change: changeOf(fields, index), number: index + 1 },
    ])
  }
  const plans = [...byProxy].map(([{ toxics }, entries]) =>
    toxics.plan(
      entries.map(({ change }) => change),
      (index) => `change ${entries[index]!.number}`,
    ),
  )
  for (const make of plans) make()
  return [...byProxy.keys()]
}

function changeOf(
  { add, update, remove }: { readonly add?: unknown; readonly update?: unknown; readonly remove?: string },
  index: number,
): ToxicChange {
  if (add !== undefined) return { how: 'add', body: add }
  if (remove !== undefined) return { how: 'remove', name: remove }
  if (update === undefined) throw missingField(`add, update or remove at change ${index + 1}`)
  const { name } = readFields(update, { name: 'string' })
  if (name === undefined) throw missingField(`name of the toxic at change ${index + 1}`)
  return { how: 'update', name, body: update }
}

function listOf(body: unknown): readonly unknown[] {
  const changes = typeof body === 'object' && body !== null && 'changes' in body ? body.changes : undefined
  if (!Array.isArray(changes)) throw badRequestBody('"changes" is to be a list')
  return changes
}
