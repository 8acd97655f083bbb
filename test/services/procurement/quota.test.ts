import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createSourceMeter, perSourceQuota } from '../../../services/measures/per-source-quota.ts'
import { call } from '../fallback/client.ts'
import { from, handIn, procurementOfTests, query } from './an-office.ts'
import { bidOf } from './sealed.ts'

const office = procurementOfTests()

/** A meter on a clock that the test moves. */
function meterOfTests(given: Record<string, number> = {}) {
  let at = 0
  const changes: string[] = []
  const settings = perSourceQuota.parameters.parse({
    requestsPerS: 10,
    inHand: 2,
    patienceMs: 1_000,
    ...given,
  })
  const meter = createSourceMeter({
    settings,
    onChange: (source, change) => changes.push(`${source} ${change} at ${at}`),
    now: () => at,
  })
  /** So many requests, evenly. @returns how many were let pass */
  function ask(source: string, perS: number, forMs: number): number {
    const gapMs = 1_000 / perS
    let passed = 0
    for (let until = at + forMs; at < until; at += gapMs) if (meter.asks(source)) passed += 1
    return passed
  }
  function wait(ms: number): void {
    at += ms
  }
  return { meter, ask, changes, wait }
}

describe('the quota of a source', () => {
  it('lets a rush pass, and holds what goes on for longer, to its quota', () => {
    const { ask, changes } = meterOfTests()
    expect(ask('flood', 100, 1_000)).toBe(100)
    expect(changes).toEqual([])
    ask('flood', 100, 500)
    expect(changes).toEqual(['flood held at 1100'])
    // Ten a second, and what may come at once.
    const passed = ask('flood', 100, 5_000)
    expect(passed).toBeGreaterThan(45)
    expect(passed).toBeLessThan(55)
  })

  it('is each source’s own', () => {
    const { ask, changes } = meterOfTests()
    ask('flood', 100, 2_000)
    expect(ask('bidder', 9, 5_000)).toBeGreaterThanOrEqual(45)
    expect(changes).toHaveLength(1)
  })

  it('lets a source go once it has kept to its quota', () => {
    const { meter, ask, changes, wait } = meterOfTests()
    ask('flood', 100, 2_000)
    wait(1_100)
    expect(meter.asks('flood')).toBe(true)
    expect(changes.at(-1)).toMatch(/^flood let-go/)
  })

  it('bounds what a held source has in hand, and counts what it had before', () => {
    const { meter, ask } = meterOfTests()
    const leave = [meter.takes('flood')!, meter.takes('flood')!, meter.takes('flood')!]
    ask('flood', 100, 2_000)
    expect(meter.takes('flood')).toBeUndefined()
    expect(meter.takes('other')).toBeDefined()
    leave[0]!()
    expect(meter.takes('flood')).toBeUndefined()
    leave[1]!()
    expect(meter.takes('flood')).toBeDefined()
    expect(meter.takes('flood')).toBeUndefined()
  })
})

const quota = (settings: Record<string, number>) => ({ MEASURE_PER_SOURCE_QUOTA: JSON.stringify(settings) })

describe('the procurement system under a quota', () => {
  it('turns the flood away, whatever it says of where it comes from, and serves the others', async () => {
    await using service = await office.start(quota({ requestsPerS: 5, patienceMs: 0 }))
    const flood = { ...from('abroad/10.0.0.9'), forwarded: 'for=10.0.0.1', 'x-real-ip': '10.0.0.1' }
    const statuses: number[] = []
    for (let i = 0; i < 30; i++)
      statuses.push((await call(`${service.url}/tenders`, { headers: flood })).status)
    expect(statuses.slice(0, 5)).toEqual([200, 200, 200, 200, 200])
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(15)
    const refused = await call(`${service.url}/tenders`, { headers: flood })
    expect(refused).toMatchObject({ status: 429, body: { code: 'source-quota' } })
    expect(refused.headers.get('retry-after')).toBe('1')
    const other = await call(`${service.url}/tenders`, { headers: from('offices/10.0.0.1') })
    expect(other.status).toBe(200)
  })

  it('keeps workers free of it, those included whose callers have gone', async () => {
    const settings = { requestsPerS: 1, patienceMs: 0, inHand: 2 }
    const slow = { SLOTS: '3', SERVICE_TIME_MS: '400' }
    await using service = await office.start({ ...quota(settings), ...slow })
    const flood = () =>
      call(`${service.url}/tenders`, { headers: from('abroad/10.0.0.9'), timeoutMs: 50 }).then(
        ({ status }) => status,
        () => 'gone',
      )
    // Held from its third request on; of the two in hand before nobody waits any more.
    const first = await Promise.all([flood(), flood(), flood(), flood()])
    expect(first.filter((status) => status === 'gone')).toHaveLength(2)
    expect(first.filter((status) => status === 429)).toHaveLength(2)
    await sleep(1_100)
    expect(await flood()).toBe('gone')
    const { bidders, tenders } = office.people
    const { openingKey, id } = (
      await call(`${service.url}/tenders/${tenders[11]!.id}`, { headers: from('offices/10.0.0.1') })
    ).body
    const answer = await handIn(service.url, id, bidOf(bidders[0]!, { id, openingKey }), from('outside/1'))
    expect(answer.status).toBe(201)
    expect(await query(service.databaseUrl, 'select source from bids')).toEqual([{ source: 'outside/1' }])
  })

  it('lets everybody through where it is off', async () => {
    await using service = await office.start()
    const asked = Array.from({ length: 100 }, () =>
      call(`${service.url}/tenders`, { headers: from('abroad/10.0.0.9') }),
    )
    expect(new Set((await Promise.all(asked)).map(({ status }) => status))).toEqual(new Set([200]))
  })
})
