import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { caller, start, until } from './capacity-under-test.ts'

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
