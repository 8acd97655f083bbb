import { once } from 'node:events'
import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Handler, Router } from 'express'
import {
  type Capacity,
  type CapacityTable,
  capacityVariables,
  createCapacity,
} from '../../../services/common/capacity.ts'
import { readConfig } from '../../../services/common/config.ts'
import { healthRouter } from '../../../services/common/health.ts'
import { createLog } from '../../../services/common/log.ts'
import { createApp, type Service, startService } from '../../../services/common/service.ts'
import { deadlines } from '../../../services/measures/deadlines.ts'
import { loadShedding } from '../../../services/measures/load-shedding.ts'
import { retroactiveEntry } from '../../../services/measures/retroactive-entry.ts'

const table = {
  slots: 2,
  queue: 3,
  classes: {
    certificate: { serviceTimeMs: 0, importance: 'vital' },
    entry: { serviceTimeMs: 0, importance: 'normal' },
    notice: { serviceTimeMs: 0, importance: 'bulk' },
    slow: { serviceTimeMs: 40, importance: 'vital' },
  },
} as const satisfies CapacityTable<string>

type Work = keyof typeof table.classes

interface UnderTest extends AsyncDisposable {
  readonly url: string
  readonly capacity: Capacity<Work>
  /** Handlers that run now, by path; each waits until it is let go. */
  readonly running: string[]
  letGo(): void
  letOneGo(): void
}

export async function start(env: Record<string, string> = {}, handler?: Handler): Promise<UnderTest> {
  const config = readConfig('test', { PORT: '0', LOG_LEVEL: 'silent', ...env }, capacityVariables, {
    deadlines,
    loadShedding,
    retroactiveEntry,
  })
  const log = createLog(config)
  const { retroactiveEntry: settings } = config.measures
  const capacity = createCapacity({
    table,
    config,
    loadShedding: config.measures.loadShedding,
    behindLive: settings && { workClass: 'entry', settings },
  })
  const running: string[] = []
  const waiting: (() => void)[] = []
  const router = Router()
  for (const workClass of Object.keys(table.classes) as Work[]) {
    router.get(
      `/${workClass}`,
      capacity.slot(workClass),
      handler ??
        (async (request, response) => {
          running.push(request.url)
          await new Promise<void>((resolve) => waiting.push(resolve))
          response.json({ done: request.url })
        }),
    )
  }
  const app = createApp({
    log,
    health: healthRouter({}, 100, config),
    routers: [router],
    deadlines: config.measures.deadlines,
  })
  const service: Service = await startService({ config, log, app })
  const letOneGo = () => waiting.shift()?.()
  const letGo = () => {
    while (waiting.length > 0) letOneGo()
  }
  return {
    url: service.url,
    capacity,
    running,
    letGo,
    letOneGo,
    async [Symbol.asyncDispose]() {
      const stopping = service[Symbol.asyncDispose]()
      letGo()
      await stopping
    },
  }
}

export async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 4_000; tries++) {
    if (holds()) return
    await sleep(5)
  }
  throw new Error(`it never came to be: ${holds}`)
}

/** A caller that can leave. */
export function caller(url: string, headers: Record<string, string> = {}) {
  const call = request(url, { headers, agent: false })
  call.on('error', () => {})
  call.end()
  const answered = once(call, 'response')
  answered.catch(() => {})
  return { leave: () => call.destroy(), answered }
}
