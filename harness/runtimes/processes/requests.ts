import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { NodeStart, Site } from '../ground.ts'
import { cacheDir } from '../host/machine.ts'
import type { SpawnRequest } from '../host/protocol.ts'
import { host } from './addresses.ts'
import type { PostgresCommand } from './postgres.ts'

/** The embedded server, or the `toxiproxy-server` executable given. */
export type WhichToxiproxy = 'embedded' | { readonly executable: string }

/** Toxiproxy, its API on `port`. */
export function toxiproxyRequest(
  { options, logFile }: Site,
  toxiproxy: WhichToxiproxy,
  port: number,
): SpawnRequest {
  const embedded = toxiproxy === 'embedded'
  return {
    id: 'toxiproxy',
    command: embedded ? process.execPath : toxiproxy.executable,
    args: embedded
      ? [
          createRequire(import.meta.url).resolve('@saeol-chaos/toxiproxy/bin'),
          '--host',
          host,
          '--port',
          `${port}`,
          '--seed',
          options.seed,
        ]
      : ['-host', host, '-port', `${port}`, '-proxy-metrics'],
    env: commonEnvironment(),
    logFile: logFile('toxiproxy'),
    stopSignal: 'SIGTERM',
    channel: embedded,
  }
}

export function postgresRequest({ logFile }: Site, service: string, command: PostgresCommand): SpawnRequest {
  return {
    ...command,
    id: service,
    env: commonEnvironment(),
    logFile: logFile(service),
    // Immediate shutdown: the cluster is thrown away.
    stopSignal: 'SIGQUIT',
    channel: false,
  }
}

export function nodeRequest(
  { logFile }: Site,
  service: string,
  { spec, environment }: NodeStart,
): SpawnRequest {
  return {
    id: service,
    command: process.execPath,
    args: [fileURLToPath(spec.module)],
    env: { ...commonEnvironment(), ...environment },
    logFile: logFile(service),
    stopSignal: 'SIGTERM',
    channel: true,
  }
}

/** What every child gets of this machine. */
function commonEnvironment(): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    NODE_COMPILE_CACHE: join(cacheDir(), 'compiled'),
    TZ: process.env.TZ ?? 'Asia/Seoul',
  }
}
