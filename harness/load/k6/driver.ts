import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { HarnessError } from '../../errors.ts'
import type { GeneratorFigures, LiveTick, LoadPlan, LoadRun } from '../../model/load.ts'
import { projectRoot } from '../../project-root.ts'
import type { LoadDriver, LoadHooks } from '../driver.ts'
import { lineOf } from '../lines.ts'
import { type Gathered, gathered } from './account.ts'
import { type K6Child, startK6 } from './child.ts'
import { endedBySignal, endInWords, thresholdsCrossed } from './exit-codes.ts'
import { findK6, type K6 } from './find.ts'
import { giveOrders, type Orders } from './orders.ts'
import { type K6Account, vus } from './protocol.ts'
import { scriptOf } from './script.ts'

/** Time between the order to start and the first act, ms: enough for the order to reach every VU. */
const headStartMs = 50
const tickEveryMs = 250
/** k6 reads the script and the users' data within this time, ms, on a busy machine too. */
const openMs = 60_000
/** After the last visit k6 sums up and ends within this time, ms, or is killed. */
const endMs = 10_000

/** A real k6: the same journeys, the same arrivals, another HTTP client and another runtime. */
export const k6Driver = k6DriverOf(findK6)

/** @param find which k6 */
export function k6DriverOf(find: typeof findK6): LoadDriver {
  return {
    name: 'k6',
    async missing() {
      const found = await find()
      return 'missing' in found ? `--driver k6: ${found.missing}` : undefined
    },
    async open(plan, hooks) {
      const found = await find()
      if ('missing' in found) throw new HarnessError(found.missing)
      await using undo = new AsyncDisposableStack()
      const running = await startRunning(found.k6, plan, hooks, undo)
      const ticking = setInterval(() => hooks.tick(running.figures.tick(now())), tickEveryMs)
      undo.defer(() => clearInterval(ticking))
      const run = runOf(running, hooks)
      const opened = undo.move()
      return { ...run, [Symbol.asyncDispose]: () => opened.disposeAsync() }
    },
  }
}

/** A k6 that waits for orders. */
interface Running {
  readonly k6: K6
  readonly child: K6Child
  readonly orders: Orders
  readonly figures: Gathered
  /** k6's own account, once it has given it. */
  account: K6Account | undefined
  /** It is no longer wanted: its end is no death. */
  over: boolean
  /** Rejects when k6 has ended by itself. */
  readonly fell: Promise<never>
}

async function startRunning(
  k6: K6,
  plan: LoadPlan,
  hooks: LoadHooks,
  undo: AsyncDisposableStack,
): Promise<Running> {
  const { logFile } = hooks
  const script = join(dirname(logFile), 'load.k6.ts')
  writeFileSync(script, scriptUnderOrders(plan))
  const orders = undo.use(await giveOrders())
  const figures = gathered()
  const child = startK6(k6, script, orders.url, readableBy(plan), logFile, {
    lines: hooks.lines,
    report: figures.add,
    account: (said) => {
      running.account = said
    },
  })
  const fell = child.ended.then((end): never => {
    const how = end.error?.message ?? endInWords(end.code, end.signal)
    throw new HarnessError(`k6 ended by itself (${how})${lastWords(logFile)}`, { lookAt: [logFile, script] })
  })
  fell.catch(() => {})
  const running: Running = { k6, child, orders, figures, account: undefined, over: false, fell }
  if (child.pid !== undefined) hooks.adopt(child.pid)
  undo.defer(async () => {
    if (running.over) return
    running.over = true
    child.kill()
    await child.ended
  })
  await Promise.race([orders.asked(vus), fell, tooLong(hooks.signal, logFile)])
  fell.catch((error: Error) => {
    if (!running.over) hooks.died(error)
  })
  return running
}

function runOf(running: Running, hooks: LoadHooks): Omit<LoadRun, typeof Symbol.asyncDispose> {
  const { orders, figures } = running
  return {
    async start() {
      const at = now() + headStartMs
      orders.give({ type: 'start', at })
      return at
    },
    async begin(stream) {
      orders.give({ type: 'begin', stream, at: now() })
    },
    async end(stream) {
      orders.give({ type: 'end', stream, at: now() })
    },
    async drain(patienceMs) {
      const at = now()
      orders.give({ type: 'drain', at, giveUpAt: at + patienceMs })
      await Promise.race([figures.complete(vus), running.fell])
      const last = await account(running)
      hooks.lines(`${lineOf({ kind: 'generator', at: now(), final: true, figures: last })}\n`)
      return last
    },
  }
}

/** Waits for k6's end after its last visit; then reads its figures, and what is wrong with them. */
async function account(running: Running): Promise<GeneratorFigures> {
  const { child, k6 } = running
  running.over = true
  const given = running.figures.latest()
  // Requests that nobody waits for any more would keep k6 until they time out.
  const interrupted = given.started > given.finished
  if (interrupted) child.interrupt()
  const end = await Promise.race([child.ended, sleep(endMs, 'late' as const, { ref: false })])
  if (end === 'late') {
    child.kill()
    await child.ended
  }
  const problems = [
    ...(end === 'late' ? ['k6 did not end by itself after its last visit'] : endProblems(end, interrupted)),
    ...accountProblems(running.account, given),
  ]
  return {
    ...given,
    ...(problems.length > 0 && { problems }),
    notes: [k6.said, ...thresholdNotes(running.account)],
  }
}

function scriptUnderOrders(plan: LoadPlan): string {
  return scriptOf({
    says: ['Written by saeol-chaos for one arm: the harness gives the orders and reads what its users say.'],
    seed: plan.seed,
    streams: plan.streams,
    journeysModule: plan.journeysModule,
    entrances: plan.entrances,
    dataFile: plan.dataFile,
    maxInFlight: plan.maxInFlight,
    acts: plan.expects?.acts ?? [],
    checks: plan.expects?.checks ?? [],
    underOrders: true,
    specifier: (url) => url,
  })
}

/** What a container must see of this machine: this project, the journeys' project, the users' data. */
function readableBy({ journeysModule, dataFile }: LoadPlan): string[] {
  const modules = [import.meta.url, journeysModule].map((url) => projectRoot(fileURLToPath(url)))
  return dataFile === undefined ? modules : [...modules, dataFile]
}

async function tooLong(signal: AbortSignal, logFile: string): Promise<never> {
  await sleep(openMs, undefined, { signal, ref: false })
  throw new HarnessError(`k6 was not ready to run its script within ${openMs / 1000} s`, {
    lookAt: [logFile],
  })
}

function endProblems(end: { code: number | null; signal: string | null }, interrupted: boolean): string[] {
  const fine = [0, thresholdsCrossed, ...(interrupted ? [endedBySignal] : [])]
  return end.code !== null && fine.includes(end.code)
    ? []
    : [`k6 ended with ${endInWords(end.code, end.signal)}`]
}

function accountProblems(account: K6Account | undefined, figures: LiveTick['generator']): string[] {
  if (account === undefined) return ['k6 gave no account of itself at its end']
  const problems: string[] = []
  if (account.droppedIterations > 0) problems.push(`k6 dropped ${account.droppedIterations} iterations`)
  if (account.started !== figures.started)
    problems.push(`k6 counted ${account.started} visits, its VUs told of ${figures.started}`)
  return problems
}

function thresholdNotes(account: K6Account | undefined): string[] {
  return (account?.thresholds ?? []).map(
    ({ metric, threshold, ok }) => `k6 threshold ${ok ? 'kept' : 'crossed'}: ${metric} ${threshold}`,
  )
}

/** The last thing in k6's log that is an error, in its own words. */
function lastWords(logFile: string): string {
  try {
    const line = readFileSync(logFile, 'utf8')
      .trim()
      .split('\n')
      .findLast((one) => one.includes('"level":"error"'))
    return line === undefined ? '' : `: ${(JSON.parse(line) as { msg: string }).msg.split('\n')[0]}`
  } catch {
    return ''
  }
}

/** Epoch ms with the resolution of the performance clock. */
function now(): number {
  return performance.timeOrigin + performance.now()
}
