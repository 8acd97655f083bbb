import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { projectRoot } from '../../project-root.ts'
import type { CommandStart, NodeStart, Site } from '../ground.ts'
import { cacheDir } from '../host/machine.ts'
import type { SpawnRequest } from '../host/protocol.ts'
import { host } from './addresses.ts'
import type { PostgresCommand } from './postgres.ts'
import { directoryOf } from './programs.ts'

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
    env: machineEnvironment(),
    cwd: '/',
    logFile: logFile('toxiproxy'),
    stopSignal: 'SIGTERM',
    channel: embedded,
  }
}

export function postgresRequest({ logFile }: Site, service: string, command: PostgresCommand): SpawnRequest {
  return {
    ...command,
    id: service,
    env: machineEnvironment(),
    cwd: '/',
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
  const module = fileURLToPath(spec.module)
  return {
    id: service,
    command: process.execPath,
    args: [module],
    env: { ...machineEnvironment(), ...environment },
    // As `npm start` would, wherever this was called from.
    cwd: projectRoot(module),
    logFile: logFile(service),
    stopSignal: 'SIGTERM',
    channel: true,
  }
}

export function commandRequest(
  { system, logFile }: Site,
  service: string,
  { spec, argv, environment }: CommandStart,
): SpawnRequest {
  const [command, ...args] = argv
  const { inherit = [], stopSignal = 'SIGTERM', stopWithinMs } = spec
  return {
    id: service,
    command: command!,
    args,
    env: { ...ofThisMachine([...inherited, ...inherit]), ...environment },
    cwd: directoryOf(spec, system),
    logFile: logFile(service),
    stopSignal,
    ...(stopWithinMs !== undefined && { stopWithinMs }),
    channel: false,
  }
}

/** The machine's own variables that a service gets: by them it finds programs, and its user's files and language. */
const inherited = ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LC_ALL', 'TMPDIR', 'TZ'] as const

function machineEnvironment(): Record<string, string> {
  return { ...ofThisMachine(inherited), NODE_COMPILE_CACHE: join(cacheDir(), 'compiled') }
}

/** Those of these variables that are set. */
function ofThisMachine(names: readonly string[]): Record<string, string> {
  const values = names.map((name) => [name, process.env[name]] as const)
  return Object.fromEntries(values.filter((entry): entry is [string, string] => entry[1] !== undefined))
}
