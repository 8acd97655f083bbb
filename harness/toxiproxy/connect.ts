import { Proxy as ProxyOf, Toxic, Toxiproxy } from 'toxiproxy-node-client'
import { HarnessError, messageOf } from '../errors.ts'
import type { ToxiproxyClient } from '../model/toxics.ts'

/**
 * Drives any Toxiproxy-compatible server through toxiproxy-node-client 4.1.0, and works around its defects: it drops the
 * server's error text, never times out, does not encode names in paths, breaks on a trailing slash in the address and
 * returns the version as raw JSON.
 * @param url such as `http://127.0.0.1:8474`
 */
export function connectToxiproxy(url: string, timeoutMs = 5000): ToxiproxyClient {
  const base = url.replace(/\/+$/, '')
  const client = new Toxiproxy(base)
  // Every request of the client, of its proxies and of its toxics goes through this one method.
  Object.assign(client.getApi(), {
    doFetch: (path: string, init: RequestInit) => patientFetch(path, init, timeoutMs),
  })

  const call = async <T>(what: string, work: Promise<T>): Promise<T> => {
    try {
      return await work
    } catch (error) {
      throw new HarnessError(`Toxiproxy at ${base} could not ${what}: ${messageOf(error)}`, { cause: error })
    }
  }
  const proxy = (name: string): ProxyOf =>
    new ProxyOf(client, {
      name: encodeURIComponent(name),
      listen: '',
      upstream: '',
      enabled: true,
      toxics: [],
    } as never)

  return {
    url: base,
    version: () =>
      call(
        'tell its version',
        client.getVersion().then((text) => (JSON.parse(text) as { version: string }).version),
      ),
    createProxy: async (wanted) => {
      const made = await call(
        `create proxy '${wanted.name}'`,
        client.createProxy({ ...wanted, enabled: true }),
      )
      const colon = made.listen.lastIndexOf(':')
      return { host: made.listen.slice(0, colon), port: Number(made.listen.slice(colon + 1)) }
    },
    upstreamOf: async (name) =>
      (await call(`look up proxy '${name}'`, client.get(encodeURIComponent(name)))).upstream,
    setEnabled: async (name, enabled) => {
      await call(
        `${enabled ? 'enable' : 'disable'} proxy '${name}'`,
        proxy(name).update({ enabled } as Parameters<ProxyOf['update']>[0]),
      )
    },
    addToxic: async (name, toxic) => {
      await call(`add toxic '${toxic.name}' to proxy '${name}'`, proxy(name).addToxic(toxic as never))
    },
    removeToxic: async (name, toxic) => {
      const path = proxy(name).getPath()
      const gone = new Toxic(client.getApi(), path, { name: encodeURIComponent(toxic) } as never).remove()
      await call(
        `remove toxic '${toxic}' from proxy '${name}'`,
        gone.catch((error: unknown) => {
          if (!/toxic not found/.test(messageOf(error))) throw error
        }),
      )
    },
    reset: () => call('reset', client.reset()),
  }
}

async function patientFetch(path: string, init: RequestInit, timeoutMs: number): Promise<Response> {
  const answer = await fetch(path, { ...init, signal: AbortSignal.timeout(timeoutMs) }).catch(
    (error: unknown) => {
      const cause =
        error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error)
      throw new Error(cause)
    },
  )
  if (answer.ok) return answer
  const text = await answer.text()
  throw new Error(`${errorField(text) ?? text.trim()} (${answer.status})`)
}

function errorField(body: string): string | undefined {
  try {
    return (JSON.parse(body) as { error?: string }).error
  } catch {
    return undefined
  }
}
