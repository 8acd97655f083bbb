import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { findExecutable } from '../../harness/executable.ts'
import { builtinDriver } from '../../harness/load/builtin/driver.ts'
import { atMost, fixed, median, type Row } from '../../packages/toxiproxy/bench/row.ts'
import { type Client, requestCpuUs } from './http-clients.ts'

const perSecond = 1000
/** Long enough that neither side's start, which counts, is what is compared. */
const seconds = 20
const pairs = 3
/** Clock ticks a second in /proc/<pid>/stat: USER_HZ, 100 on every Linux. */
const ticksPerSecond = 100

/** The built-in client is worth keeping while undici takes more than so many times its CPU. */
const worthIt = 1.2
/** Lag of the schedule, ms: what is due within a ms starts together. */
const lagBoundMs = 1.5

/**
 * The built-in driver beside k6 on the same work (a connection for each request, all samples written), turn and turn
 * about: CPU per request, and lag. Then its HTTP client alone beside undici's.
 */
export async function run(): Promise<Row[]> {
  const dir = mkdtempSync(join(tmpdir(), 'bench-'))
  const server = fork(fileURLToPath(import.meta.resolve('./echo-server.ts')), [], { execArgv: [] })
  try {
    const [{ port }] = (await once(server, 'message')) as [{ port: number }]
    const k6 = findExecutable('k6')
    const ours: number[] = []
    const theirs: number[] = []
    const lags: number[] = []
    const clients: Record<Client, number[]> = { ours: [], undici: [] }
    for (let i = 0; i < pairs; i++) {
      const own = await ownRun(port, dir)
      ours.push(own.cpuUs)
      lags.push(own.lagP99Ms)
      if (k6 !== undefined) theirs.push(k6Run(k6, port, dir))
      for (const client of ['ours', 'undici'] as const) clients[client].push(await requestCpuUs(client, port))
    }
    const ratio = k6 === undefined ? null : median(ours.map((own, i) => own / theirs[i]!))
    return [
      {
        figure: `driver CPU per request, ${perSecond}/s, journal on`,
        ours: `${fixed(median(ours), 0)} µs`,
        against: k6 === undefined ? 'k6 is not on PATH' : `k6 ${fixed(median(theirs), 0)} µs`,
        ratio: ratio === null ? '–' : fixed(ratio),
        target: '≤ 0.5',
        met: ratio === null ? null : ratio <= 0.5,
      },
      atMost(`schedule lag p99 at ${perSecond}/s`, median(lags), lagBoundMs, (ms) => `${fixed(ms)} ms`),
      clientRow(clients),
    ]
  } finally {
    server.disconnect()
    rmSync(dir, { recursive: true })
  }
}

function clientRow({ ours, undici }: Readonly<Record<Client, readonly number[]>>): Row {
  const ratio = median(undici.map((theirs, i) => theirs / ours[i]!))
  return {
    figure: "CPU per request of the built-in driver's HTTP client",
    ours: `${fixed(median(ours), 0)} µs`,
    against: `undici.dispatch ${fixed(median(undici), 0)} µs`,
    ratio: fixed(1 / ratio),
    target: `≤ ${fixed(1 / worthIt)}`,
    met: ratio >= worthIt,
  }
}

async function ownRun(port: number, dir: string): Promise<{ cpuUs: number; lagP99Ms: number }> {
  let pid = 0
  const selfBefore = process.cpuUsage()
  const journal = join(dir, 'own.jsonl')
  await using load = await builtinDriver.open(
    {
      seed: 'bench',
      streams: [
        {
          id: 'all',
          journey: 'asks',
          perSecond: [perSecond, perSecond],
          process: 'regular',
          durationMs: seconds * 1000,
          begins: 'with-the-arm',
        },
      ],
      journeysModule: import.meta.resolve('./asks.ts'),
      entrances: { 'user→server': `http://127.0.0.1:${port}` },
      maxInFlight: 4000,
    },
    {
      lines: (chunk) => appendFileSync(journal, chunk),
      tick() {},
      signal: new AbortController().signal,
      adopt: (child) => {
        pid = child
      },
      died(error) {
        throw error
      },
      logFile: join(dir, 'load.log'),
    },
  )
  await load.start()
  await sleep(seconds * 1000 + 300)
  // The harness's own part, which takes the lines over and writes them, counts too.
  const self = process.cpuUsage(selfBefore)
  const used = cpuSeconds(pid) + (self.user + self.system) / 1e6
  const figures = await load.drain(2000)
  return { cpuUs: (used / figures.finished) * 1e6, lagP99Ms: figures.lagP99Ms }
}

function k6Run(k6: string, port: number, dir: string): number {
  const script = join(dir, 'asks.js')
  writeFileSync(
    script,
    `import http from 'k6/http'
     export const options = { noConnectionReuse: true, scenarios: { all: { executor: 'constant-arrival-rate', rate: ${perSecond}, timeUnit: '1s', duration: '${seconds}s', preAllocatedVUs: 50, maxVUs: 500 } } }
     export default () => { http.get('http://127.0.0.1:${port}/') }`,
  )
  // The shell's own account of its children: user and system time of k6 alone.
  const command = `"$0" run --quiet --no-usage-report --out json=${dir}/k6.json --summary-export ${dir}/summary.json ${script} >/dev/null 2>&1; times`
  const out = execFileSync('sh', ['-c', command, k6], { encoding: 'utf8' })
  const children = out.trim().split('\n').at(-1)!
  const used = [...children.matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, rest]) => Number(minutes) * 60 + Number(rest),
  )
  const summary = JSON.parse(readFileSync(join(dir, 'summary.json'), 'utf8'))
  return ((used[0]! + used[1]!) / summary.metrics.http_reqs.count) * 1e6
}

function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}
