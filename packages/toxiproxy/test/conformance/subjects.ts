import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const START_TIMEOUT_MS = 10_000

export interface RunningServer extends AsyncDisposable {
  readonly url: string
  readonly process: ChildProcess
}

/** A server that the suite is run against. */
export interface Subject {
  readonly name: string
  /** Whether upstream's defects are expected of it. */
  readonly asUpstream: boolean
  readonly real: boolean
  /** Why it cannot be had here. */
  readonly missing?: string
  start(args?: readonly string[]): Promise<RunningServer>
}

/** Where a tool is: what the environment says, or the first on PATH. */
export function findTool(variable: string, name: string): string | undefined {
  const given = process.env[variable]
  if (given) return given
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path))
}

export const subjects: readonly Subject[] = [
  ours('ours', []),
  ours('ours --strict', ['--strict']),
  real(findTool('TOXIPROXY_SERVER', 'toxiproxy-server')),
]

function ours(name: string, flags: readonly string[]): Subject {
  return {
    name,
    asUpstream: flags.includes('--strict'),
    real: false,
    start: (args = []) =>
      launch((port) => [process.execPath, [MAIN, '--port', `${port}`, '--metrics', ...flags, ...args]]),
  }
}

function real(path: string | undefined): Subject {
  const missing = whyMissing(path)
  return {
    name: 'real 2.12.0',
    asUpstream: true,
    real: true,
    ...(missing !== undefined && { missing }),
    start: (args = []) =>
      launch((port) => [path!, ['--host', '127.0.0.1', '--port', `${port}`, '--proxy-metrics', ...args]]),
  }
}

function whyMissing(path: string | undefined): string | undefined {
  if (path === undefined) return 'there is no toxiproxy-server on PATH and TOXIPROXY_SERVER is not set'
  const { stdout, error } = spawnSync(path, ['--version'], { encoding: 'utf8' })
  if (error !== undefined) return `${path} cannot be run: ${error.message}`
  return stdout.includes('2.12.0') ? undefined : `${path} is not version 2.12.0 but: ${stdout.trim()}`
}

async function launch(command: (port: number) => [string, string[]]): Promise<RunningServer> {
  const port = await freePort()
  const [path, args] = command(port)
  const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stdout.on('data', (text) => (said += text))
  child.stderr.on('data', (text) => (said += text))
  const url = `http://127.0.0.1:${port}`
  const deadline = Date.now() + START_TIMEOUT_MS
  while (!(await answers(url))) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`${path} did not start: ${said}`)
    await delay(20)
  }
  return {
    url,
    process: child,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
  }
}

async function answers(url: string): Promise<boolean> {
  return fetch(`${url}/version`).then(
    (response) => response.ok,
    () => false,
  )
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
