import { once } from 'node:events'
import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Handler, Router } from 'express'
import { describe, expect, test } from 'vitest'
import { budget } from '../../../services/common/budget.ts'
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

const table = {
  slots: 2,
  queue: 3,
  classes: {
    certificate: { serviceTimeMs: 0, importance: 'vital' },
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

async function start(env: Record<string, string> = {}, handler?: Handler): Promise<UnderTest> {
  const config = readConfig('test', { PORT: '0', LOG_LEVEL: 'silent', ...env }, capacityVariables, {
    deadlines,
    loadShedding,
  })
  const log = createLog(config)
  const capacity = createCapacity({ table, config, loadShedding: config.measures.loadShedding })
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
    health: healthRouter({}, 100),
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

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 1_000; tries++) {
    if (holds()) return
    await sleep(5)
  }
  throw new Error(`it never came to be: ${holds}`)
}

/** A caller that can leave. */
function caller(url: string, headers: Record<string, string> = {}) {
  const call = request(url, { headers, agent: false })
  call.on('error', () => {})
  call.end()
  const answered = once(call, 'response')
  answered.catch(() => {})
  return { leave: () => call.destroy(), answered }
}

describe('slots and the queue in front of them', () => {
  test('hold so much work at once, then queue first come first served, then refuse', async () => {
    await using service = await start()
    const { capacity, running } = service
    const answers = []
    for (let index = 1; index <= 5; index++) {
      answers.push(fetch(`${service.url}/certificate?${index}`))
      await until(() => capacity.state.busy + capacity.state.queued === index)
    }
    expect(capacity.state).toMatchObject({ busy: 2, queued: 3 })
    expect(running).toEqual(['/certificate?1', '/certificate?2'])

    const refused = await fetch(`${service.url}/certificate?6`)
    expect(refused.status).toBe(503)
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(await refused.json()).toMatchObject({ code: 'queue-full' })

    service.letOneGo()
    await until(() => running.length === 3)
    expect(running[2]).toBe('/certificate?3')
    service.letGo()
    await until(() => running.length === 5)
    service.letGo()
    for (const answer of answers) expect((await answer).status).toBe(200)
    await until(() => capacity.state.busy === 0)
  })

  test('health needs no slot', async () => {
    await using service = await start({ SLOTS: '1', QUEUE: '0' })
    const busy = fetch(`${service.url}/certificate`)
    await until(() => service.capacity.state.busy === 1)
    expect((await fetch(`${service.url}/certificate`)).status).toBe(503)
    expect((await fetch(`${service.url}/health`)).status).toBe(200)
    service.letGo()
    await busy
  })

  test('an error of the handler frees its slot, once', async () => {
    await using service = await start({}, () => {
      throw new Error('broken')
    })
    const answers = await Promise.all(Array.from({ length: 5 }, () => fetch(`${service.url}/certificate`)))
    expect(answers.map(({ status }) => status)).toEqual([500, 500, 500, 500, 500])
    await until(() => service.capacity.state.busy === 0)
  })

  test('the service time is spent in the slot, before the handler', async () => {
    await using service = await start()
    const call = fetch(`${service.url}/slow`)
    await until(() => service.capacity.state.busy === 1)
    expect(service.running).toEqual([])
    await until(() => service.running.length === 1)
    service.letGo()
    await call
  })

  test('SERVICE_TIME_MS sets the mean, of which no request takes less than 70 %', async () => {
    await using service = await start({ SERVICE_TIME_MS: '50' }, (_request, response) => {
      response.end()
    })
    for (let calls = 0; calls < 4; calls++) {
      const startedAt = performance.now()
      await fetch(`${service.url}/certificate`)
      expect(performance.now() - startedAt).toBeGreaterThan(50 * 0.7 - 1)
    }
  })
})

describe('callers who leave', () => {
  test('while their request is handled do not free the worker', async () => {
    await using service = await start({ SLOTS: '1' })
    const { capacity } = service
    const leaver = caller(`${service.url}/certificate?leaver`)
    await until(() => service.running.length === 1)
    leaver.leave()
    const stayer = fetch(`${service.url}/certificate?stayer`)
    await until(() => capacity.state.queued === 1)
    expect(capacity.state.busy).toBe(1)
    service.letGo()
    await until(() => service.running.length === 2)
    service.letGo()
    expect((await stayer).status).toBe(200)
    await until(() => capacity.state.busy === 0)
  })

  test('while they queue stay in the queue, take a slot for their service time, and are thrown away', async () => {
    await using service = await start({ SLOTS: '1', SERVICE_TIME_MS: '{"slow":60}' })
    const { capacity } = service
    const first = fetch(`${service.url}/certificate?first`)
    await until(() => service.running.length === 1)
    const leaver = caller(`${service.url}/slow?leaver`)
    await until(() => capacity.state.queued === 1)
    leaver.leave()
    await sleep(30)
    expect(capacity.state.queued).toBe(1)
    const last = fetch(`${service.url}/certificate?last`)
    await until(() => capacity.state.queued === 2)
    service.letGo()
    await first
    await until(() => capacity.state.queued === 1)
    expect(capacity.state.busy).toBe(1)
    expect(service.running).toEqual(['/certificate?first'])
    await until(() => service.running.length === 2)
    expect(service.running[1]).toBe('/certificate?last')
    service.letGo()
    await last
  })

  test('a stream that breaks off midway frees its slot', async () => {
    await using service = await start({ SLOTS: '1' }, (_request, response) => {
      response.write('the first part')
    })
    const leaver = caller(`${service.url}/certificate`)
    await leaver.answered
    expect(service.capacity.state.busy).toBe(1)
    leaver.leave()
    await until(() => service.capacity.state.busy === 0)
  })
})

describe('with deadlines', () => {
  const env = { SLOTS: '1', MEASURE_DEADLINES: '{"budgetMs":60000}' }

  test('queued work of a caller who left is dropped without taking the slot', async () => {
    await using service = await start({ ...env, SERVICE_TIME_MS: '{"slow":30000}' })
    const first = fetch(`${service.url}/certificate?first`)
    await until(() => service.running.length === 1)
    const leaver = caller(`${service.url}/slow`)
    await until(() => service.capacity.state.queued === 1)
    const last = fetch(`${service.url}/certificate?last`)
    await until(() => service.capacity.state.queued === 2)
    leaver.leave()
    await sleep(30)
    service.letGo()
    await first
    await until(() => service.running.length === 2)
    service.letGo()
    expect((await last).status).toBe(200)
  })

  test('queued work whose time is up is refused honestly', async () => {
    await using service = await start(env)
    const first = fetch(`${service.url}/certificate?first`)
    await until(() => service.running.length === 1)
    const late = fetch(`${service.url}/certificate?late`, { headers: { 'X-Deadline-Ms': '30' } })
    await until(() => service.capacity.state.queued === 1)
    await sleep(50)
    service.letGo()
    await first
    const answer = await late
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({ code: 'deadline-exceeded' })
    expect(service.running).toEqual(['/certificate?first'])
  })
})

describe('what a caller says it has left', () => {
  async function budgetOf(said: string): Promise<number | undefined> {
    const env = { MEASURE_DEADLINES: '{"hopMs":500,"budgetMs":2000}' }
    await using service = await start(env, (_request, response) => {
      response.json({ ms: budget(response).remainingMs() })
    })
    const answer = await fetch(`${service.url}/certificate`, { headers: { 'X-Deadline-Ms': said } })
    return ((await answer.json()) as { ms: number }).ms
  }

  test('makes its budget shorter', async () => {
    expect(await budgetOf('300')).toBeLessThanOrEqual(300)
  })

  test.each(['86400000', '2001', '1e9', '0x7fffffff', 'Infinity', '-5', '0', ''])(
    'never makes it longer: %s',
    async (said) => {
      const ms = await budgetOf(said)
      expect(ms).toBeLessThanOrEqual(2_000)
      expect(ms).toBeGreaterThan(1_000)
    },
  )
})

describe('with load shedding', () => {
  const shedding = (parameters: object) => ({ MEASURE_LOAD_SHEDDING: JSON.stringify(parameters) })

  test('bulk work never takes more than its share of the slots', async () => {
    await using service = await start(shedding({ bulkShare: 0.5, bulkQueue: 1 }))
    const { capacity } = service
    const first = fetch(`${service.url}/notice?1`)
    await until(() => capacity.state.busyBy.bulk === 1)
    const second = fetch(`${service.url}/notice?2`)
    await until(() => capacity.state.queued === 1)
    const third = await fetch(`${service.url}/notice?3`)
    expect(third.status).toBe(503)
    expect(third.headers.get('x-shed')).toBe('notice')
    expect(third.headers.get('retry-after')).toBe('1')
    expect(await third.json()).toMatchObject({ code: 'shed' })

    const certificate = fetch(`${service.url}/certificate`)
    await until(() => service.running.includes('/certificate'))
    expect(capacity.state.queued).toBe(1)
    service.letGo()
    await until(() => service.running.includes('/notice?2'))
    service.letGo()
    expect((await first).status).toBe(200)
    expect((await second).status).toBe(200)
    expect((await certificate).status).toBe(200)
  })

  test('a full queue turns out a notice for a certificate, and certificates only among themselves', async () => {
    await using service = await start({ SLOTS: '1', ...shedding({ queue: 2, bulkQueue: 1, bulkShare: 1 }) })
    const { capacity } = service
    const inHand = fetch(`${service.url}/certificate?1`)
    await until(() => capacity.state.busy === 1)
    const notice = fetch(`${service.url}/notice`)
    await until(() => capacity.state.queued === 1)
    const second = fetch(`${service.url}/certificate?2`)
    await until(() => capacity.state.queued === 2)
    const third = fetch(`${service.url}/certificate?3`)
    expect((await notice).headers.get('x-shed')).toBe('notice')
    const fourth = await fetch(`${service.url}/certificate?4`)
    expect(fourth.headers.get('x-shed')).toBe('certificate')
    for (let done = 1; done <= 3; done++) {
      await until(() => service.running.length === done)
      service.letOneGo()
    }
    for (const answer of [inHand, second, third]) expect((await answer).status).toBe(200)
  })
})
