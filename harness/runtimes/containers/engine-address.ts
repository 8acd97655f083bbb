import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Why the engine cannot be used, and what to do about it. */
export interface NoEngine {
  readonly missing: string
  readonly remedy: string
}

/** Where an engine should be: `unix://…` or `tcp://…` on this machine, and who says so, in words. */
export interface EngineAddress {
  readonly address: string
  /** ` (from DOCKER_HOST)`; empty for a usual socket. */
  readonly from: string
}

/** Where Docker's own client would look: DOCKER_HOST, DOCKER_CONTEXT, the context in use; else the usual sockets. */
export function engineAddress(env: NodeJS.ProcessEnv): EngineAddress | NoEngine {
  const said = saidAddress(env)
  if (said === undefined)
    return {
      missing: 'there is no container engine on this machine',
      remedy: "install and start one, such as Docker, or use '--runtime processes', which needs none",
    }
  if ('missing' in said) return said
  const address = normal(said.address)
  if (address === undefined)
    return {
      missing: `'${said.address}'${said.from} is no address of a container engine`,
      remedy: "'unix:///var/run/docker.sock' and 'tcp://127.0.0.1:2375' are such addresses",
    }
  if (!/^unix:\/\/|^tcp:\/\/(127(\.\d+){3}([:/]|$)|localhost([:/]|$)|\[::1\])/.test(address))
    return {
      missing: `the container engine at ${address}${said.from} is not on this machine`,
      remedy:
        'links and services are reached on addresses of this machine: point DOCKER_HOST at an engine here',
    }
  if (address.startsWith('tcp:') && (env.DOCKER_TLS_VERIFY ?? '') !== '')
    return {
      missing: `the container engine at ${address}${said.from} wants TLS (from DOCKER_TLS_VERIFY), which is not supported`,
      remedy: "point DOCKER_HOST at its socket, such as 'unix:///var/run/docker.sock'",
    }
  return { address, from: said.from }
}

function saidAddress(env: NodeJS.ProcessEnv): EngineAddress | NoEngine | undefined {
  const host = env.DOCKER_HOST?.trim() ?? ''
  if (host !== '') return { address: host, from: ' (from DOCKER_HOST)' }
  const config = env.DOCKER_CONFIG || join(homeOf(env), '.docker')
  const asked = env.DOCKER_CONTEXT?.trim() ?? ''
  const context = asked || contextInUse(config)
  if (context === '' || context === 'default') return usualSocket(env)
  const from = asked === '' ? `in use in ${join(config, 'config.json')}` : 'from DOCKER_CONTEXT'
  const address = contextAddress(config, context)
  return address === undefined
    ? {
        missing: `there is no Docker context '${context}' (${from})`,
        remedy: "'docker context ls' shows those there are, and 'docker context use' chooses one",
      }
    : { address, from: ` (the Docker context '${context}', ${from})` }
}

/** Empty where nobody has chosen one. */
function contextInUse(config: string): string {
  const { currentContext } = json<{ currentContext?: unknown }>(join(config, 'config.json')) ?? {}
  return typeof currentContext === 'string' ? currentContext : ''
}

function contextAddress(config: string, context: string): string | undefined {
  const id = createHash('sha256').update(context).digest('hex')
  const meta = json<{ Endpoints?: { docker?: { Host?: string } } }>(
    join(config, 'contexts', 'meta', id, 'meta.json'),
  )
  return meta?.Endpoints?.docker?.Host
}

/** As Docker's own client understands it, and a bare path besides. @returns undefined when it is no address. */
function normal(address: string): string | undefined {
  if (address.startsWith('/')) return `unix://${address}`
  if (/^unix:\/\/\/./.test(address)) return address
  if (/^(tcp|http):\/\/./.test(address)) return address.replace(/^http:/, 'tcp:').replace(/\/$/, '')
  if (/^[\w.-]+:\d+$/.test(address)) return `tcp://${address}`
  return /^\w+:\/\/./.test(address) ? address : undefined
}

/** The first socket that exists: Docker's, then those of compatible engines. */
function usualSocket(env: NodeJS.ProcessEnv): EngineAddress | undefined {
  const home = homeOf(env)
  const sockets = [
    '/var/run/docker.sock',
    ...(env.XDG_RUNTIME_DIR === undefined ? [] : [join(env.XDG_RUNTIME_DIR, 'docker.sock')]),
    join(home, '.docker', 'run', 'docker.sock'),
    join(home, '.docker', 'desktop', 'docker.sock'),
    join(home, '.orbstack', 'run', 'docker.sock'),
    join(home, '.colima', 'default', 'docker.sock'),
    join(home, '.rd', 'docker.sock'),
    ...(env.XDG_RUNTIME_DIR === undefined ? [] : [join(env.XDG_RUNTIME_DIR, 'podman', 'podman.sock')]),
    join(home, '.local', 'share', 'containers', 'podman', 'machine', 'podman.sock'),
  ]
  const found = sockets.find((socket) => existsSync(socket))
  return found === undefined ? undefined : { address: `unix://${found}`, from: '' }
}

function homeOf(env: NodeJS.ProcessEnv): string {
  return env.HOME || homedir()
}

function json<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T
  } catch {
    return undefined
  }
}
