import { type ChildProcess, execFile, type StdioOptions, spawn } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import type { K6 } from './find.ts'
import { type K6Account, lineMark, ordersVariable, type VuReport } from './protocol.ts'

/** What comes out of a running k6. */
export interface K6Hooks {
  /** Observations of users, as journal lines, newline-terminated. */
  lines(chunk: string): void
  report(report: VuReport): void
  account(account: K6Account): void
}

export interface K6Child {
  readonly pid: number | undefined
  /** Resolves when it has ended and all it said has been read. */
  readonly ended: Promise<{
    readonly code: number | null
    readonly signal: string | null
    readonly error?: Error
  }>
  /** SIGINT: k6 stops its users, gives its account and ends. */
  interrupt(): void
  kill(): void
}

/**
 * Starts k6 on a script, in a session of its own, so that Ctrl-C on the terminal reaches the harness alone.
 * @param readable directories and files that the script reads, for a container to see them
 */
export function startK6(
  k6: K6,
  script: string,
  ordersUrl: string,
  readable: readonly string[],
  logFile: string,
  hooks: K6Hooks,
): K6Child {
  const container = `saeol-chaos-k6-${process.pid}-${Date.now()}`
  const child = spawnK6(k6, script, ordersUrl, readable, container)
  const log = (line: string): void => appendFileSync(logFile, `${line}\n`)
  appendFileSync(logFile, '')
  const said = createInterface({ input: child.stderr!, crlfDelay: Number.POSITIVE_INFINITY })
  said.on('line', (line) => {
    const message = consoleMessage(line)
    if (!message?.startsWith(lineMark)) return log(line)
    const told = message.slice(lineMark.length)
    if (told.startsWith('{"kind":"vu"')) hooks.report(JSON.parse(told) as VuReport)
    else hooks.lines(`${told}\n`)
  })
  const summary = createInterface({ input: child.stdout!, crlfDelay: Number.POSITIVE_INFINITY })
  summary.on('line', (line) => {
    if (line.startsWith('{"kind":"k6"')) hooks.account(JSON.parse(line) as K6Account)
    else log(line)
  })

  return {
    pid: child.pid,
    ended: endOf(child),
    interrupt: () => void child.kill('SIGINT'),
    kill() {
      child.kill('SIGKILL')
      // What ends the client does not end its container.
      if (k6.by === 'image') execFile(k6.command, ['rm', '--force', container], () => {})
    },
  }
}

function spawnK6(
  k6: K6,
  script: string,
  ordersUrl: string,
  readable: readonly string[],
  container: string,
): ChildProcess {
  // The script's users speak through the log, which k6 writes line by line; its JSON output holds samples back.
  const args = [
    'run',
    '--quiet',
    '--no-color',
    '--no-usage-report',
    '--log-format',
    'json',
    '--address',
    '',
    script,
  ]
  const stdio: StdioOptions = ['ignore', 'pipe', 'pipe']
  if (k6.by === 'image') {
    const seen = [dirname(script), ...readable]
    return spawn(k6.command, containerArgs(k6.image, container, ordersUrl, seen, args), {
      detached: true,
      stdio,
    })
  }
  // Nothing of the shell's: K6_… variables would override what the scenario says.
  const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/', [ordersVariable]: ordersUrl }
  return spawn(k6.command, args, { detached: true, stdio, cwd: dirname(script), env })
}

function containerArgs(
  image: string,
  name: string,
  ordersUrl: string,
  readable: readonly string[],
  args: readonly string[],
): string[] {
  const user = process.getuid === undefined ? [] : ['--user', `${process.getuid()}:${process.getgid!()}`]
  return [
    ...['run', '--rm', '--init', '--name', name, '--network', 'host', '--pull', 'never', ...user],
    ...['--env', `${ordersVariable}=${ordersUrl}`],
    ...[...new Set(readable)].flatMap((path) => ['--volume', `${path}:${path}:ro`]),
    image,
    ...args,
  ]
}

/** What a journey or the users' script said by `console.log`; undefined for k6's own log lines. */
function consoleMessage(line: string): string | undefined {
  if (!line.startsWith('{') || !line.includes('"source":"console"')) return undefined
  try {
    return (JSON.parse(line) as { msg?: string }).msg
  } catch {
    return undefined
  }
}

function endOf(child: ChildProcess): K6Child['ended'] {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, error }))
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
}
