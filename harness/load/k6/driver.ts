import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { HarnessError } from '../../errors.ts'
import type { GeneratorFigures, LiveTick, LoadPlan, LoadRun } from '../../model/load.ts'
import { projectRoot } from '../../project-root.ts'
import type { LoadDriver } from '../driver.ts'
import { gathered } from './account.ts'
import { startK6 } from './child.ts'
import { endedBySignal, endInWords, thresholdsCrossed } from './exit-codes.ts'
import { findK6 } from './find.ts'
import { giveOrders } from './orders.ts'
import { type K6Account, vus } from './protocol.ts'
import { scriptOf } from './script.ts'

/** Time between the order to start and the first phase, ms: enough for the order to reach every VU. */
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
    async open(plan, hooks): Promise<LoadRun> {
      const found = await find()
      if ('missing' in found) throw new HarnessError(found.missing)
      const { k6 } = found
      const script = join(dirname(hooks.logFile), 'load.k6.ts')
      writeFileSync(script, scriptUnderOrders(plan))

      await using undo = new AsyncDisposableStack()
      const orders = undo.use(await giveOrders())
      const figures = gathered()
      let account: K6Account | undefined
      const child = startK6(k6, script, orders.url, readableBy(plan), hooks.logFile, {
        lines: hooks.lines,
        report: figures.add,
        account: (said) => {
          account = said
        },
      })
      if (child.pid !== undefined) hooks.adopt(child.pid)
      let over = false
      undo.defer(async () => {
        if (over) return
        over = true
        child.kill()
        await child.ended
      })
      const fell = child.ended.then((end): never => {
        const how = end.error?.message ?? endInWords(end.code, end.signal)
        throw new HarnessError(`k6 ended by itself (${how})${lastWords(hooks.logFile)}`, {
          lookAt: [hooks.logFile, script],
        })
      })
      fell.catch(() => {})
      await Promise.race([orders.asked(vus), fell, tooLong(hooks.signal, hooks.logFile)])
      fell.catch((error: Error) => {
        if (!over) hooks.died(error)
      })

      const ticking = setInterval(() => hooks.tick(figures.tick(now())), tickEveryMs)
      undo.defer(() => clearInterval(ticking))
      const begunAt = new Map<string, number>()
      const opened = undo.move()

      return {
        async start() {
          const at = now() + headStartMs
          orders.give({ type: 'start', at })
          return at
        },
        async begin(stream) {
          const at = now()
          begunAt.set(stream, at)
          orders.give({ type: 'begin', stream, at })
        },
        async end(stream) {
          begunAt.delete(stream)
          orders.give({ type: 'end', stream })
        },
        onCommand(stream) {
          const since = begunAt.get(stream)
          return {
            active: since !== undefined,
            // Seen as of the VUs' last reports, so that arrivals and time belong together.
            activeMs: since === undefined ? 0 : Math.max(0, figures.reportedAt() - since),
            arrived: figures.arrived(stream),
          }
        },
        async drain(patienceMs) {
          orders.give({ type: 'drain', giveUpAt: now() + patienceMs })
          await Promise.race([figures.complete(vus), fell])
          over = true
          // Requests that nobody waits for any more would keep k6 until they time out.
          const given = figures.latest()
          const interrupted = given.started > given.finished
          if (interrupted) child.interrupt()
          const end = await Promise.race([child.ended, sleep(endMs, 'late' as const, { ref: false })])
          if (end === 'late') {
            child.kill()
            await child.ended
          }
          const problems = [
            ...(end === 'late'
              ? ['k6 did not end by itself after its last visit']
              : endProblems(end, interrupted)),
            ...accountProblems(account, given),
          ]
          const last: GeneratorFigures = {
            ...given,
            ...(problems.length > 0 && { problems }),
            notes: [k6.said, ...thresholdNotes(account)],
          }
          hooks.lines(`${JSON.stringify({ kind: 'generator', at: now(), final: true, figures: last })}\n`)
          return last
        },
        [Symbol.asyncDispose]: () => opened.disposeAsync(),
      }
    },
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
    phasesMs: plan.expects?.phasesMs,
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
