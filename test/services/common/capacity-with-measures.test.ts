import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { budget } from '../../../services/common/budget.ts'
import { caller, start, until } from './capacity-under-test.ts'

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

describe('with a lane for entries', () => {
  // Two workers, of which entries leave one to the counters.
  const lane = (parameters: object = {}) => ({
    MEASURE_RETROACTIVE_ENTRY: JSON.stringify({ reserve: 0.5, ...parameters }),
  })

  test('whoever comes later passes an entry that waits, which starts once a worker is left over', async () => {
    await using service = await start(lane())
    const { running } = service
    const first = fetch(`${service.url}/certificate?1`)
    await until(() => running.length === 1)
    const entry = fetch(`${service.url}/entry?waits`)
    await until(() => service.capacity.state.queued === 1)
    const second = fetch(`${service.url}/certificate?2`)
    await until(() => running.length === 2)
    service.letOneGo()
    await first
    await sleep(30)
    expect(running).toEqual(['/certificate?1', '/certificate?2'])
    service.letOneGo()
    await second
    await until(() => running.length === 3)
    expect(running).toEqual(['/certificate?1', '/certificate?2', '/entry?waits'])
    service.letGo()
    expect((await entry).status).toBe(200)
  })

  test('no entry starts while somebody waits at a counter', async () => {
    // One entry may run although a single worker is reserved: else none ever would.
    await using service = await start({ ...lane(), SLOTS: '1' })
    const first = fetch(`${service.url}/certificate?1`)
    await until(() => service.running.length === 1)
    const entry = fetch(`${service.url}/entry`)
    await until(() => service.capacity.state.queued === 1)
    const second = fetch(`${service.url}/certificate?2`)
    await until(() => service.capacity.state.queued === 2)
    service.letOneGo()
    await first
    await until(() => service.running.length === 2)
    service.letOneGo()
    await second
    await until(() => service.running.length === 3)
    expect(service.running).toEqual(['/certificate?1', '/certificate?2', '/entry'])
    service.letGo()
    await entry
  })

  test('more entries than may wait are refused at once, and nobody at a counter is', async () => {
    await using service = await start(lane({ waiting: 1 }))
    const first = fetch(`${service.url}/certificate?1`)
    await until(() => service.running.length === 1)
    const waits = fetch(`${service.url}/entry?1`)
    await until(() => service.capacity.state.queued === 1)
    const refused = await fetch(`${service.url}/entry?2`)
    expect(refused.status).toBe(503)
    expect(refused.headers.get('x-shed')).toBe('entry')
    const second = fetch(`${service.url}/certificate?2`)
    await until(() => service.running.length === 2)
    service.letOneGo()
    service.letOneGo()
    await Promise.all([first, second])
    await until(() => service.running.length === 3)
    service.letGo()
    expect((await waits).status).toBe(200)
  })
})
