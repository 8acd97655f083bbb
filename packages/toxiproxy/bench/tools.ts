import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort } from '../test/conformance/subjects.ts'
import { end } from './stage.ts'

const exec = promisify(execFile)

export interface WrkResult {
  readonly requestsPerSecond: number
  readonly medianUs: number
  readonly p99Us: number
}

/** HTTP load from wrk. @throws Error that says how to get it */
export async function wrk(
  address: string,
  options: { readonly connections: number; readonly seconds: number; readonly close?: boolean },
): Promise<WrkResult> {
  const { connections, seconds, close = false } = options
  const header = close ? ['-H', 'Connection: close'] : []
  const args = ['-t1', `-c${connections}`, `-d${seconds}`, '--latency', ...header, `http://${address}/`]
  const { stdout } = await exec('wrk', args).catch(explain('wrk'))
  const figure = (pattern: RegExp) => pattern.exec(stdout)?.[1] ?? ''
  return {
    requestsPerSecond: Number(figure(/Requests\/sec:\s+([\d.]+)/)),
    medianUs: microseconds(figure(/^\s+50%\s+(\S+)/m)),
    p99Us: microseconds(figure(/^\s+99%\s+(\S+)/m)),
  }
}

export interface Iperf extends AsyncDisposable {
  readonly address: string
}

export async function startIperf(): Promise<Iperf> {
  const port = await freePort()
  const server = spawn('iperf3', ['-s', '-B', '127.0.0.1', '-p', `${port}`, '--forceflush'])
  await Promise.race([
    once(server.stdout, 'data'),
    once(server, 'error').then(([error]) => explain('iperf3')(error)),
  ])
  return { address: `127.0.0.1:${port}`, [Symbol.asyncDispose]: () => end(server) }
}

/** @returns megabytes (10^6) a second that arrived, from client to server */
export async function iperf(
  address: string,
  options: { readonly connections: number; readonly seconds: number },
): Promise<number> {
  const [host, port] = address.split(':') as [string, string]
  const { connections, seconds } = options
  const args = ['-c', host, '-p', port, '-P', `${connections}`, '-t', `${seconds}`, '-J']
  const attempt = async () => {
    const { stdout } = await exec('iperf3', args, { maxBuffer: 64 * 1024 * 1024 }).catch(resultOf)
    return JSON.parse(stdout) as IperfReport
  }
  let report = await attempt()
  // The server may still be busy with the end of the run before, whose last words are on their way.
  for (let again = 0; again < 20 && /busy/.test(report.error ?? ''); again++) {
    await delay(250)
    report = await attempt()
  }
  if (report.error !== undefined) throw new Error(`iperf3: ${report.error}`)
  return report.end.sum_received.bits_per_second / 8e6
}

interface IperfReport {
  readonly error?: string
  readonly end: { readonly sum_received: { readonly bits_per_second: number } }
}

/** iperf3 reports its failures in its result. */
function resultOf(error: NodeJS.ErrnoException & { readonly stdout?: string }): { stdout: string } {
  return error.stdout?.startsWith('{') ? { stdout: error.stdout } : explain('iperf3')(error)
}

function explain(tool: string) {
  return (error: NodeJS.ErrnoException): never => {
    if (error.code !== 'ENOENT') throw error
    throw new Error(
      `${tool} is not installed, and the Toxiproxy bench takes its load from it: apt-get install ${tool}`,
    )
  }
}

function microseconds(text: string): number {
  const [, value, unit] = /^([\d.]+)(us|ms|s)$/.exec(text) ?? []
  return Number(value) * { us: 1, ms: 1e3, s: 1e6 }[unit as 'us' | 'ms' | 's']
}
