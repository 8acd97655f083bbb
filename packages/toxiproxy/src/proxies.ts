import { createProxy, type ProxyContext, type ProxySettings, type TcpProxy } from './proxy.ts'
import type { ToxicWanted } from './toxic-chain.ts'

/** A proxy as it is to be. */
export interface ProxyWanted extends ProxySettings {
  readonly name: string
  /** It has them from its first connection on. */
  readonly toxics?: readonly ToxicWanted[]
}

/** What of a proxy is to change. */
export type ProxyChange = Partial<ProxySettings>

/** A failure part of the way stands beside what was done before it. */
export interface Populated {
  readonly proxies: readonly TcpProxy[]
  readonly error?: Error
}

/** All proxies of a server, by name. */
export interface Proxies {
  list(): readonly TcpProxy[]
  find(name: string): TcpProxy | undefined
  /** There may be none of this name yet. @throws Error when its address cannot be bound */
  create(wanted: ProxyWanted): Promise<TcpProxy>
  update(proxy: TcpProxy, change: ProxyChange): Promise<TcpProxy>
  remove(proxy: TcpProxy): Promise<void>
  /** Creates what is missing, replaces what differs, leaves what is the same. Stops at the first failure. */
  populate(wanted: readonly ProxyWanted[]): Promise<Populated>
  /** Enables every proxy and removes every toxic. */
  reset(): Promise<void>
  stopAll(): Promise<void>
}

export function createProxies(context: ProxyContext): Proxies {
  const byName = new Map<string, TcpProxy>()

  async function create({ name, enabled, toxics = [], ...addresses }: ProxyWanted): Promise<TcpProxy> {
    const proxy = createProxy(name, addresses, context)
    for (const toxic of toxics) proxy.toxics.add(toxic)
    if (enabled) await proxy.start()
    byName.set(name, proxy)
    return proxy
  }

  async function replaceOrCreate(wanted: ProxyWanted): Promise<TcpProxy> {
    const existing = byName.get(wanted.name)
    if (existing !== undefined) {
      if (!(await existing.differsFrom(wanted))) return existing
      await existing.stop()
    }
    return create(wanted)
  }

  return {
    list: () => [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    find: (name) => byName.get(name),
    create,

    async update(proxy, { listen = proxy.listen, upstream = proxy.upstream, enabled = proxy.enabled }) {
      await proxy.update({ listen, upstream, enabled })
      return proxy
    },

    async remove(proxy) {
      await proxy.stop()
      byName.delete(proxy.name)
    },

    async populate(wanted) {
      const proxies: TcpProxy[] = []
      try {
        for (const proxy of wanted) proxies.push(await replaceOrCreate(proxy))
      } catch (error) {
        return { proxies, error: error as Error }
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
