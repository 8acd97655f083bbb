import { once } from 'node:events'
import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { Router } from 'express'
import { expect, test } from 'vitest'
import { capacityVariables, createCapacity } from '../../../services/common/capacity.ts'
import { readConfig } from '../../../services/common/config.ts'
import { healthRouter } from '../../../services/common/health.ts'
import { createLog } from '../../../services/common/log.ts'
import { createApp, startService } from '../../../services/common/service.ts'
import { deadlines } from '../../../services/measures/deadlines.ts'
import { loadShedding } from '../../../services/measures/load-shedding.ts'
import { saeolCapacity } from '../../../services/saeol/capacity.ts'

/**
 * The arithmetic of Saeol's capacity table, at a tenth of its slots and of its load: 2 slots, a queue of 60,
 * 2.5 certificates a second and 1 reader, and 15 readers more in the surge. Only a stopwatch is real here: the host
 * has next to nothing to do.
 */
const scale = 10
const patienceMs = 2_000
const attempts = 3
const phasesMs = { before: 2_000, surge: 5_000, after: 6_000 }

interface Outcome {
  readonly startedAt: number
  readonly served: boolean
  readonly shed: boolean
}

async function replay(env: Record<string, string>) {
  const config = readConfig('saeol', { PORT: '0', LOG_LEVEL: 'silent', ...env }, capacityVariables, {
    deadlines,
    loadShedding,
  })
  const log = createLog(config)
  const table = { ...saeolCapacity, slots: saeolCapacity.slots / scale, queue: saeolCapacity.queue / scale }
  const capacity = createCapacity({ table, config, loadShedding: config.measures.loadShedding })
  const router = Router()
  for (const workClass of ['certificate', 'notice', 'download'] as const) {
    router.get(`/${workClass}`, capacity.slot(workClass), (_request, response) => {
      response.end()
    })
  }
  const app = createApp({
    log,
    health: healthRouter({}, 100, config),
    routers: [router],
    deadlines: config.measures.deadlines,
  })
  await using service = await startService({ config, log, app })

  const beganAt = performance.now()
  const certificates: Promise<Outcome>[] = []
  const readers: Promise<Outcome>[] = []
  let index = 0
  const officials = setInterval(() => certificates.push(user(`${service.url}/certificate`, beganAt)), 400)
  const reading = () =>
    readers.push(user(`${service.url}/${index++ % 3 === 2 ? 'download' : 'notice'}`, beganAt))
  const ordinary = setInterval(reading, 1_000)
  await sleep(phasesMs.before)
  const surge = setInterval(reading, 1_000 / 15)
  await sleep(phasesMs.surge)
  clearInterval(surge)
  await sleep(phasesMs.after)
  clearInterval(officials)
  clearInterval(ordinary)
  return { certificates: await Promise.all(certificates), readers: await Promise.all(readers) }
}

/** Waits as long as a user does, and tries again as often. */
async function user(url: string, beganAt: number): Promise<Outcome> {
  const startedAt = performance.now() - beganAt
  let shed = false
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const call = request(url, { agent: false, signal: AbortSignal.timeout(patienceMs) })
    call.end()
    try {
      const [response] = (await once(call, 'response')) as [
        { statusCode: number; headers: object; resume(): void },
      ]
      response.resume()
      if (response.statusCode === 200) return { startedAt, served: true, shed }
      shed ||= 'x-shed' in response.headers
    } catch {
      // Out of patience.
    }
    await sleep(200)
  }
  return { startedAt, served: false, shed }
}

function servedShare(outcomes: readonly Outcome[], fromMs: number, toMs: number): number {
  const within = outcomes.filter(({ startedAt }) => startedAt >= fromMs && startedAt < toMs)
  return within.filter(({ served }) => served).length / within.length
}

const { before, surge, after } = phasesMs

test.concurrent('untreated, the surge takes certificates down, and retries keep them down when it is over', async () => {
  const { certificates } = await replay({})
  expect(servedShare(certificates, 0, before - 500)).toBe(1)
  expect(servedShare(certificates, before + 2_000, before + surge)).toBeLessThan(0.5)
  expect(servedShare(certificates, before + surge, before + surge + after)).toBeLessThan(0.5)
}, 40_000)

test.concurrent('with load shedding and deadlines certificates go on, and readers are who is turned away', async () => {
  const { certificates, readers } = await replay({
    MEASURE_LOAD_SHEDDING: JSON.stringify({ queue: 4, bulkQueue: 1 }),
    MEASURE_DEADLINES: '{}',
  })
  expect(servedShare(certificates, 0, before + surge + after)).toBeGreaterThan(0.9)
  expect(certificates.filter(({ shed }) => shed)).toEqual([])
  expect(readers.filter(({ shed }) => shed).length).toBeGreaterThan(20)
}, 40_000)
