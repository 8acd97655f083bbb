import { ApiError, missingField, proxyExists, proxyNotFound } from './errors.ts'
import { type Fields, readFields } from './json.ts'
import { createProxy, type ProxyContext, type TcpProxy } from './proxy.ts'

const PROXY_BODY = { name: 'string', listen: 'string', upstream: 'string', enabled: 'boolean' } as const
type ProxyBody = Partial<Fields<typeof PROXY_BODY>>

/** A failure part of the way stands beside what was done before it. */
export interface Populated {
  readonly proxies: readonly TcpProxy[]
  readonly error?: ApiError
}

/** All proxies of a server, by name. */
export interface Proxies {
  list(): readonly TcpProxy[]
  find(name: string): TcpProxy
  create(body: unknown): Promise<TcpProxy>
  update(proxy: TcpProxy, body: unknown): Promise<TcpProxy>
  remove(name: string): Promise<void>
  /** Creates what is missing, replaces what differs, leaves what is the same. Stops at the first failure. */
  populate(readBody: () => unknown): Promise<Populated>
  /** Enables every proxy and removes every toxic. */
  reset(): Promise<void>
  stopAll(): Promise<void>
}

export function createProxies(context: ProxyContext): Proxies {
  const byName = new Map<string, TcpProxy>()

  function find(name: string): TcpProxy {
    const proxy = byName.get(name)
    if (proxy === undefined) throw proxyNotFound()
    return proxy
  }

  async function replaceOrCreate({
    name,
    listen,
    upstream,
    enabled,
  }: Required<ProxyBody>): Promise<TcpProxy> {
    const existing = byName.get(name)
    if (existing !== undefined) {
      if (!(await existing.differsFrom({ listen, upstream }))) return existing
      await existing.stop()
    }
    const proxy = createProxy(name, { listen, upstream }, context)
    if (enabled) await proxy.start()
    byName.set(name, proxy)
    return proxy
  }

  return {
    list: () => [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    find,

    async create(body) {
      const wanted = required(readFields(body, PROXY_BODY))
      if (byName.has(wanted.name)) throw proxyExists()
      return replaceOrCreate(wanted)
    },

    async update(proxy, body) {
      const { listen, upstream, enabled } = readFields(body, PROXY_BODY)
      await proxy.update({
        listen: listen ?? proxy.listen,
        upstream: upstream ?? proxy.upstream,
        enabled: enabled ?? proxy.enabled,
      })
      return proxy
    },

    async remove(name) {
      await find(name).stop()
      byName.delete(name)
    },

    async populate(readBody) {
      const proxies: TcpProxy[] = []
      try {
        const wanted = listOf(readBody()).map((entry) => readFields(entry, PROXY_BODY))
        const complete = wanted.map((proxy, index) => required(proxy, ` at proxy ${index + 1}`))
        for (const proxy of complete) proxies.push(await replaceOrCreate(proxy))
      } catch (error) {
        return {
          proxies,
          error: error instanceof ApiError ? error : new ApiError(500, (error as Error).message),
        }
      }
      return { proxies }
    },

    async reset() {
      for (const proxy of byName.values()) {
        await proxy.start()
        proxy.toxics.clear()
      }
    },

    async stopAll() {
      await Promise.all([...byName.values()].map((proxy) => proxy.stop()))
    },
  }
}

function required(proxy: ProxyBody, where = ''): Required<ProxyBody> {
  const { name = '', listen = '', upstream = '', enabled = true } = proxy
  if (name === '') throw missingField(`name${where}`)
  if (upstream === '') throw missingField(`upstream${where}`)
  return { name, listen, upstream, enabled }
}

function listOf(body: unknown): readonly unknown[] {
  if (body === null) return []
  if (Array.isArray(body)) return body
  throw new ApiError(400, 'bad request body: json: cannot unmarshal object into Go value of type []struct')
}
