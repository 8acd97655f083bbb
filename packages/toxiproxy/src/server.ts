import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createApi } from './api/api.ts'
import { applyConfig } from './config.ts'
import { createEvidence } from './evidence.ts'
import { createLog } from './log.ts'
import { createMetrics } from './metrics.ts'
import { createProxies } from './proxies.ts'
import type { ProxyConfig } from './proxy-config.ts'
import { toxicTypes } from './registry.ts'

// An import of it would load all it can reach, fetch included: a tenth of a second and 13 MB at each start.
const { createServer } = process.getBuiltinModule('node:http')

/** Upstream's own: a request that takes longer to send is cut off, an idle connection is kept this long. */
const REQUEST_TIMEOUT_MS = 15_000
const KEEP_ALIVE_MS = 60_000
/** How often Node looks for requests that take too long. Its own 30 s would let them have twice their time. */
const LOOK_EVERY_MS = 500

export interface ToxiproxyServerOptions {
  /** Where the API listens. Default 127.0.0.1. */
  readonly host?: string
  /** Default 8474; 0 takes a free one. */
  readonly port?: number
  /** Fixes every jitter, slice and toxicity draw of each connection. Default: another one each time. */
  readonly seed?: string | number
  /** Behaves as upstream does where this server would do better. Default false. */
  readonly strict?: boolean
  /** Proxies to start with and their toxics, or the path of the JSON file that lists them. */
  readonly config?: string | readonly ProxyConfig[]
  /** Serves /metrics. Default false. */
  readonly metrics?: boolean
  /** Gets what goes wrong beside the API's answers, a line at a time. Default: standard error. */
  readonly log?: (line: string) => void
  /** Stops the server when it aborts. */
  readonly signal?: AbortSignal
}

export interface ToxiproxyServer extends AsyncDisposable {
  readonly host: string
  readonly port: number
  /** Of the API, without a trailing slash. */
  readonly url: string
}

/**
 * Starts a server that speaks the protocol of Toxiproxy 2.12.0.
 * @throws Error when the address is taken, or the configuration cannot be read or applied in full
 */
export async function startToxiproxyServer(options: ToxiproxyServerOptions = {}): Promise<ToxiproxyServer> {
  const { host = '127.0.0.1', port = 8474, seed = Math.random(), strict = false, signal } = options
  signal?.throwIfAborted()
  const metrics = options.metrics ? createMetrics() : undefined
  const evidence = createEvidence()
  const log = createLog(options.log ?? ((line) => process.stderr.write(`Toxiproxy: ${line}\n`)))
  const types = toxicTypes(strict)
  const proxies = createProxies({
    strict,
    seed,
    evidence,
    log,
    connectionEnded: (connection) => metrics?.count(connection),
  })
  const server = createServer(
    {
      requestTimeout: REQUEST_TIMEOUT_MS,
      headersTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: LOOK_EVERY_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
    createApi({ proxies, types, metrics, evidence, strict }),
  )

  const stop = async () => {
    signal?.removeEventListener('abort', stop)
    server.closeAllConnections()
    if (server.listening) await once(server.close(), 'close')
    await proxies.stopAll()
  }

  try {
    if (options.config !== undefined) {
      await applyConfig(proxies, options.config, strict ? undefined : types)
    }
    server.listen({ host, port })
    await once(server, 'listening')
    server.on('error', (error) => log(`API: a client could not be accepted: ${error.message}`))
  } catch (error) {
    await stop()
    throw explained(error as NodeJS.ErrnoException, `${host}:${port}`)
  }
  signal?.addEventListener('abort', stop)

  const bound = server.address() as AddressInfo
  const urlHost = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address
  return {
    host: bound.address,
    port: bound.port,
    url: `http://${urlHost}:${bound.port}`,
    [Symbol.asyncDispose]: stop,
  }
}

function explained(error: NodeJS.ErrnoException, address: string): Error {
  if (error.code !== 'EADDRINUSE') return error
  return new Error(
    `Toxiproxy: ${address} is in use already. Stop what listens there, or choose another port.`,
  )
}
