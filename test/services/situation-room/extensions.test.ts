/** The room has closing times moved that fell into an outage which it measured, with two officers' signatures. */
import { expect, it } from 'vitest'
import { createExtensions } from '../../../services/situation-room/extensions.ts'
import { createProcurementClient } from '../../../services/situation-room/procurement-client.ts'
import { watchProcurement } from '../../../services/situation-room/procurement-watch.ts'
import { serve } from './a-room.ts'

const log = { info: () => {}, warn: () => {}, error: () => {} } as never

interface Heard {
  readonly order: Record<string, unknown>
  readonly authorization: string | undefined
}

/** A procurement system that serves bidders or not, and answers orders with these statuses in turn. */
async function procurement(state: { serves: boolean }, answers: [number, string][] = []) {
  const heard: Heard[] = []
  const url = await serve(async (request, response) => {
    if (request.method === 'GET') return void response.writeHead(state.serves ? 200 : 503).end('{}')
    let text = ''
    for await (const chunk of request) text += chunk
    heard.push({ order: JSON.parse(text), authorization: request.headers.authorization })
    const [status, body] = answers.shift() ?? [201, '{}']
    response.writeHead(status).end(body)
  })
  return { url, heard }
}

/** Two officers who sign whatever they are asked. */
const signed: unknown[] = []
const desks = {
  async sign(subject: unknown, officers: number) {
    signed.push(subject)
    return Array.from({ length: officers }, (_, at) => ({
      officer: `duty-officer-${at + 1}`,
      signature: 's',
    }))
  },
}

const settings = {
  consecutiveRed: 2,
  consecutiveGreen: 2,
  holdDownMs: 50,
  flapWindowMs: 60_000,
  maxHoldDownMs: 60_000,
}

function room(url: string, extension: { extendMs: number } | undefined, more: Partial<typeof settings> = {}) {
  const stopping = new AbortController()
  const watch = watchProcurement({
    url,
    token: 'the-room',
    probeTimeoutMs: 300,
    orderTimeoutMs: 1_000,
    settings: { ...settings, ...more },
    extension,
    desks,
    log,
    signal: stopping.signal,
    assess: (alarm) => void alarm.assess(Date.now()),
  })
  const looking = setInterval(watch.look, 20)
  return {
    alarm: watch.alarm,
    [Symbol.dispose]() {
      clearInterval(looking)
      stopping.abort(new Error('the test is over'))
    },
  }
}

it('orders, once the outage is over, that what was due in it closes later', async () => {
  const state = { serves: true }
  const { url, heard } = await procurement(state)
  using watching = room(url, { extendMs: 5_000 })
  await expect.poll(() => watching.alarm.assess(Date.now())).toBeUndefined()
  await new Promise((resolve) => setTimeout(resolve, 100))
  state.serves = false
  await expect.poll(() => watching.alarm.raised).toBeDefined()
  expect(heard).toEqual([])
  state.serves = true
  await expect.poll(() => heard).toHaveLength(1)
  const [record] = watching.alarm.history
  const { order, authorization } = heard[0]!
  expect(authorization).toBe('Bearer the-room')
  expect(order).toMatchObject({
    system: 'procurement',
    from: new Date(record!.since).toISOString(),
    // Green since less than a second before it was cleared.
    to: new Date(record!.clearedAt!).toISOString(),
    approvals: [{ officer: 'duty-officer-1' }, { officer: 'duty-officer-2' }],
  })
  const { approvals: _, ...ordered } = order
  expect(signed.at(-1)).toEqual({ action: 'extend-closings', ...ordered })
  const laterMs = Date.parse(String(order.closesAt)) - record!.clearedAt!
  expect(laterMs).toBeGreaterThanOrEqual(5_000)
  expect(laterMs).toBeLessThan(7_000)
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(heard).toHaveLength(1)
})

it('orders for the time until it worked again, however long the alarm is held down', async () => {
  const state = { serves: true }
  const { url, heard } = await procurement(state)
  using watching = room(url, { extendMs: 5_000 }, { holdDownMs: 1_800 })
  await new Promise((resolve) => setTimeout(resolve, 100))
  state.serves = false
  await expect.poll(() => watching.alarm.raised).toBeDefined()
  state.serves = true
  const recovered = Date.now()
  await expect.poll(() => heard).toHaveLength(1)
  const to = Date.parse(String(heard[0]!.order.to))
  expect(to).toBeGreaterThanOrEqual(recovered + 1_000)
  expect(to).toBeLessThan(recovered + 1_400)
  expect(watching.alarm.history[0]!.clearedAt!).toBeGreaterThan(to)
})

it('orders nothing where the measure is off', async () => {
  const state = { serves: true }
  const { url, heard } = await procurement(state)
  using watching = room(url, undefined)
  await new Promise((resolve) => setTimeout(resolve, 100))
  state.serves = false
  await expect.poll(() => watching.alarm.raised).toBeDefined()
  state.serves = true
  await expect.poll(() => watching.alarm.raised).toBeUndefined()
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(heard).toEqual([])
})

/** One outage that is over, followed until so many orders were heard. */
async function ordersOf(answers: [number, string][], times: number) {
  const { url, heard } = await procurement({ serves: true }, answers)
  const client = createProcurementClient({ url, token: 'the-room', timeoutMs: 1_000 })
  const stopping = new AbortController()
  const extensions = createExtensions({
    procurement: client,
    desks,
    settings: { extendMs: 5_000 },
    log,
    signal: stopping.signal,
  })
  const record = { name: 'procurement', since: 1_000, raisedAt: 1_500, clearedAt: 2_000 }
  const following = setInterval(() => extensions.follow([record]), 10)
  await expect.poll(() => heard.length).toBeGreaterThanOrEqual(times)
  await new Promise((resolve) => setTimeout(resolve, 150))
  clearInterval(following)
  stopping.abort(new Error('the test is over'))
  return heard.map(({ order }) => order.closesAt)
}

it('brings the same order again until it is answered', async () => {
  const closings = await ordersOf(
    [
      [503, '{}'],
      [429, '{}'],
      [200, '{}'],
    ],
    3,
  )
  expect(closings).toHaveLength(3)
  expect(new Set(closings).size).toBe(1)
})

it('makes another where the new closing time had passed, and none where it was refused', async () => {
  const late = await ordersOf([[422, '{"code":"too-soon"}']], 2)
  expect(late).toHaveLength(2)
  expect(late[0]).not.toBe(late[1])
  expect(await ordersOf([[422, '{"code":"not-measured"}']], 1)).toHaveLength(1)
})
