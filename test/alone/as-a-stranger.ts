/** What a stranger does with the package: installs it, runs it, ends it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { delimiter, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { place } from './package.test.ts'

/** What somebody else's shell has: nothing of this project's npm run, its tools or its state. */
const environment = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^npm_(?!config_)|^npm_config_local_prefix$|^INIT_CWD$|^VITEST|^NODE_ENV$/i.test(name),
    ),
  ),
  PATH: process.env
    .PATH!.split(delimiter)
    .filter((dir) => !dir.endsWith(join('node_modules', '.bin')))
    .join(delimiter),
  NO_COLOR: '1',
}

const examples = resolve(import.meta.dirname, '../../examples')

/** What is committed of an example, as somebody else's project. */
export function copyExample(name: string, to: string): void {
  const from = join(examples, name)
  const filter = (path: string): boolean =>
    !/node_modules|\.chaos|package-lock\.json|__pycache__/.test(path.slice(from.length))
  cpSync(from, to, { recursive: true, filter })
}

/** Packs the packages of a checkout, as they are published, into a directory. */
export async function pack(root: string, to: string): Promise<void> {
  await succeed(root, 'npm', 'pack', '--workspaces', '--include-workspace-root', '--pack-destination', to)
}

/** The same before its owner has heard of scenarios. @param environment its `.env` */
export function copyWithoutScenarios(name: string, to: string, environment: string): void {
  copyExample(name, to)
  rmSync(join(to, 'scenarios'), { recursive: true })
  writeFileSync(join(to, '.env'), environment)
}

/** A directory whose `python3` has these modules, to stand first on PATH; undefined where there is none. */
export function pythonWith(...modules: readonly string[]): string | undefined {
  return [...environment.PATH.split(delimiter), '/usr/bin'].find(
    (dir) => spawnSync(join(dir, 'python3'), ['-c', `import ${modules.join()}`]).status === 0,
  )
}

/** PATH with this directory before all others, as `env` takes it. */
export function pathWith(dir: string): string {
  return `PATH=${dir}${delimiter}${environment.PATH}`
}

export const quietly = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline']

/** What has not ended, each in a process group of its own: a test that fails leaves it to the end of them all. */
export const running = new Set<ChildProcess>()

interface Started {
  readonly child: ChildProcess
  stdout(): string
  /** Ends when all that holds its output has ended, not its first process alone. */
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>
}

export function start(cwd: string, command: string, ...args: string[]): Started {
  const child = spawn(command, args, {
    cwd,
    env: { ...environment, ...(place !== undefined && { TMPDIR: place }) },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  running.add(child)
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((done, failed) => {
    child.once('error', failed)
    child.once('close', (code) => {
      running.delete(child)
      done({ code, stdout, stderr })
    })
  })
  return { child, stdout: () => stdout, ended }
}

/** @throws with all that was printed unless the command exits 0. */
export async function succeed(cwd: string, command: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await start(cwd, command, ...args).ended
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}: exit ${code}\n${stdout}${stderr}`)
  return stdout
}

export async function until(started: Started, words: RegExp): Promise<void> {
  for (let i = 0; !words.test(started.stdout()); i++) {
    if (i > 1200) throw new Error(`never printed ${words}: ${started.stdout()}`)
    await sleep(25)
  }
}

export function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // It ended by itself in the meantime.
  }
}

export async function tooLong(ms: number): Promise<never> {
  await sleep(ms, undefined, { ref: false })
  throw new Error(`something of it still runs after ${ms} ms`)
}

export function filesBelow(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .sort()
}

export async function httpServer(): Promise<{ port: number } & AsyncDisposable> {
  const server = createServer((_, response) => response.end('in stock')).listen(0, '127.0.0.1')
  await new Promise((listening) => server.once('listening', listening))
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}
