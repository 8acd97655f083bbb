import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { mockTokenOf } from '../../../services/common/callers.ts'
import { extensionSubject } from '../../../services/procurement/extensions.ts'
import { type Duty, dutyOf } from '../duty.ts'
import { type Answer, approve, call } from '../fallback/client.ts'
import { announced, close, handIn, procurementOfTests, query, tenderOf } from './an-office.ts'
import { bidOf } from './sealed.ts'

const office = procurementOfTests()
let duty: Duty

beforeAll(async () => {
  duty = await dutyOf(office.files)
})

const asRoom = { authorization: `Bearer ${mockTokenOf('situation-room')}` }

interface Order {
  readonly system: 'procurement'
  readonly from: Date
  readonly to: Date
  readonly closesAt: Date
}

function send(url: string, order: Order, more: object = {}, headers: Record<string, string> = asRoom) {
  const approvals = approve(duty, extensionSubject(order), [0, 1])
  return call(`${url}/extension-orders`, { body: { ...order, approvals, ...more }, headers })
}

const on = { MEASURE_DEADLINE_EXTENSION: '{}' }

/** A system in which bidders could not be served until now, by its own measurement. */
async function afterAnOutage(env: Record<string, string> = {}) {
  const closes = { CLOSES_EVERY_MS: '300' }
  const service = await office.start({
    ...on,
    ...closes,
    SLOTS: '1',
    SERVICE_TIME_MS: '{"list":200}',
    ...env,
  })
  const began = new Date()
  // Four wait behind one, which is 800 ms: longer than a bidder would.
  await Promise.all(Array.from({ length: 5 }, () => call(`${service.url}/tenders`)))
  const order = {
    system: 'procurement',
    from: began,
    to: new Date(),
    closesAt: new Date(Date.now() + 60_000),
  } as const
  return Object.assign(service, { order })
}

const moves = (databaseUrl: string) =>
  query(databaseUrl, 'select tender, from_closes_at, to_closes_at from closing_moves order by id')

const refused = ({ status, body }: Answer) => [status, body.code]

describe('an order to extend', () => {
  it('moves each tender that was due in the outage, once, and no other', async () => {
    await using service = await afterAnOutage()
    const { order, databaseUrl } = service
    const before = await query(databaseUrl, 'select id, closes_at from tenders')
    const due = before.filter(({ closes_at: at }) => order.from <= (at as Date) && (at as Date) <= order.to)
    expect(due.length).toBeGreaterThanOrEqual(2)
    const answer = await send(service.url, order)
    expect([answer.status, answer.body]).toEqual([201, { outcome: 'extended', moved: due.length }])
    const after = new Map(
      (await query(databaseUrl, 'select id, closes_at from tenders')).map((one) => [one.id, one.closes_at]),
    )
    for (const { id, closes_at: at } of before)
      expect(after.get(id)).toEqual(due.some((one) => one.id === id) ? order.closesAt : at)

    expect(await send(service.url, order)).toMatchObject({
      status: 200,
      body: { outcome: 'unchanged', moved: 0 },
    })
    expect(await moves(databaseUrl)).toHaveLength(due.length)
    expect((await call(`${service.url}/extension-orders`)).body.orders).toMatchObject([
      { from: order.from.toISOString(), closesAt: order.closesAt.toISOString(), approvals: [{}, {}] },
    ])
  })

  it('lets bidders hand in again whose tender had closed', async () => {
    await using service = await afterAnOutage()
    const { order, databaseUrl } = service
    const { tenders, bidders } = office.people
    const tender = await tenderOf(service.url, tenders[10]!.id)
    await query(
      databaseUrl,
      `update tenders set closes_at = '${order.from.toISOString()}' where id = '${tender.id}'`,
    )
    const bid = bidOf(bidders[0]!, tender)
    expect(refused(await handIn(service.url, tender.id, bid))).toEqual([409, 'closed'])
    await send(service.url, order)
    expect((await handIn(service.url, tender.id, bid)).status).toBe(201)
    expect(await tenderOf(service.url, tender.id)).toMatchObject({
      state: 'open',
      closesAt: order.closesAt.toISOString(),
    })
  })

  it('is given again by a second outage', async () => {
    await using service = await afterAnOutage()
    const { order, databaseUrl } = service
    await send(service.url, order)
    const [first] = await moves(databaseUrl)
    const again = {
      ...order,
      from: new Date(order.from.getTime() + 1),
      closesAt: new Date(Date.now() + 90_000),
    }
    await query(
      databaseUrl,
      `update tenders set closes_at = '${order.to.toISOString()}' where id = '${first!.tender}'`,
    )
    expect((await send(service.url, again)).body).toEqual({ outcome: 'extended', moved: 1 })
    expect((await moves(databaseUrl)).filter(({ tender }) => tender === first!.tender)).toHaveLength(2)
  })

  it('moves no tender that was opened: its bids are known', async () => {
    await using service = await afterAnOutage()
    const { order, databaseUrl } = service
    const id = office.people.tenders[10]!.id
    await query(
      databaseUrl,
      `update tenders set opened_at = clock_timestamp(), closes_at = '${order.to.toISOString()}' where id = '${id}'`,
    )
    await send(service.url, order)
    expect((await moves(databaseUrl)).map(({ tender }) => tender)).not.toContain(id)
  })

  it('stays as it was given', async () => {
    await using service = await afterAnOutage()
    await send(service.url, service.order)
    const other = { ...service.order, closesAt: new Date(Date.now() + 99_000) }
    expect(refused(await send(service.url, other))).toEqual([409, 'order-differs'])
  })

  it('is refused where it was not measured that bidders could not hand in', async () => {
    await using service = await afterAnOutage()
    const { order } = service
    const long = { ...order, from: new Date(order.from.getTime() - 60_000) }
    expect(refused(await send(service.url, long))).toEqual([422, 'not-measured'])
    await using busy = await office.start(on)
    const between = setInterval(() => void call(`${busy.url}/tenders/none`), 100)
    // On a busy host the start itself is silent for long enough to count.
    await call(`${busy.url}/tenders/none`)
    await query(busy.databaseUrl, 'delete from own_outages')
    const from = new Date()
    await sleep(1_500)
    clearInterval(between)
    const none = { ...order, from, to: new Date() }
    expect(refused(await send(busy.url, none))).toEqual([422, 'not-measured'])
    expect(await moves(busy.databaseUrl)).toEqual([])
  })

  it('counts outages that lie close as one, and what lies between others as none', async () => {
    await using service = await office.start(on)
    const start = Date.now() - 100_000
    const at = (s: number) => new Date(start + s * 1_000)
    for (const [from, to] of [
      [10, 12],
      [16, 18],
      [40, 41],
    ] as const) {
      const [a, b] = [at(from).toISOString(), at(to).toISOString()]
      await query(service.databaseUrl, `insert into own_outages values ('${a}', '${b}')`)
    }
    const ask = async (from: number, to: number) => {
      const order = { system: 'procurement', from: at(from), to: at(to) } as const
      return (await send(service.url, { ...order, closesAt: new Date(Date.now() + 60_000) })).status
    }
    expect(await ask(9, 20)).toBe(201)
    expect(await ask(10, 15)).toBe(201)
    for (const [from, to] of [
      [8, 12],
      [10.5, 22],
      [16.5, 41],
      [22, 38],
    ] as const)
      expect(await ask(from, to), `${from} to ${to}`).toBe(422)
  })

  it('takes silence for an outage too: where nobody comes, nobody can', async () => {
    await using service = await office.start({ ...on, CLOSES_EVERY_MS: '300' })
    const from = new Date()
    await sleep(1_500)
    const order = {
      system: 'procurement',
      from,
      to: new Date(),
      closesAt: new Date(Date.now() + 9_000),
    } as const
    expect((await send(service.url, order)).status).toBe(201)
  })

  it('needs two duty officers who sign exactly this', async () => {
    await using service = await afterAnOutage()
    const { order } = service
    const subject = extensionSubject(order)
    const [one, other] = [approve(duty, subject, [0]), approve(duty, subject, [1])]
    const wrong = [
      { approvals: [] },
      { approvals: one },
      { approvals: [...one, ...one] },
      { approvals: [...one, { officer: 'duty-officer-2', signature: one[0]!.signature }] },
      { approvals: [...one, { ...other[0]!, officer: 'nobody' }] },
      { closesAt: new Date(Date.now() + 99_000) },
      { to: new Date(order.to.getTime() - 1) },
    ]
    for (const more of wrong)
      expect(refused(await send(service.url, order, more))).toEqual([403, 'not-approved'])
    expect(await moves(service.databaseUrl)).toEqual([])
  })

  it('is refused for what it asks, field by field', async () => {
    await using service = await afterAnOutage()
    const { order } = service
    const future = { ...order, to: new Date(Date.now() + 5_000) }
    expect(refused(await send(service.url, future))).toEqual([422, 'in-the-future'])
    const soon = { ...order, closesAt: new Date(order.to.getTime() + 1) }
    expect(refused(await send(service.url, soon))).toEqual([422, 'too-soon'])
    for (const [field, value] of [
      ['system', 'tax'],
      ['to', new Date(0)],
      ['closesAt', order.to],
      ['from', 'yesterday'],
      ['extra', 1],
    ] as const) {
      const answer = await send(service.url, order, { [field]: value })
      expect(refused(answer)).toEqual([400, 'bad-request'])
      expect(answer.body.error).toContain(field)
    }
    expect(refused(await send(service.url, order, { approvals: 'x'.repeat(5_000) }))).toEqual([
      413,
      'too-large',
    ])
  })

  it('is limited for whoever does not show the room’s token', async () => {
    await using service = await afterAnOutage()
    const { order } = service
    const stranger = () => send(service.url, order, { approvals: [] }, {})
    const answers = await Promise.all(Array.from({ length: 15 }, stranger))
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(5)
    expect((await send(service.url, order)).status).toBe(201)
  })

  it('is nothing that exists where the measure is off', async () => {
    await using service = await office.start()
    const now = Date.now()
    const order = {
      system: 'procurement',
      from: new Date(now - 2),
      to: new Date(now - 1),
      closesAt: new Date(now + 60_000),
    } as const
    expect(refused(await send(service.url, order))).toEqual([404, 'no-extensions'])
  })

  it('remembers over a restart what was measured', async () => {
    const DATABASE_URL = await office.database()
    const { order } = await (async () => {
      await using service = await afterAnOutage({ DATABASE_URL })
      return service
    })()
    await using service = await office.start({ ...on, DATABASE_URL })
    await announced(service.url)
    await close(DATABASE_URL, office.people.tenders[20]!.id)
    expect((await send(service.url, order)).status).toBe(201)
  })
})
