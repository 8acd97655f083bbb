import { afterEach, describe, expect, test } from 'vitest'
import { createBudget, unlimitedBudget } from '../../../services/common/budget.ts'
import {
  createDownstream,
  type Downstream,
  DownstreamError,
  type DownstreamOptions,
} from '../../../services/common/downstream.ts'
import { createLog } from '../../../services/common/log.ts'
import { circuitBreaker } from '../../../services/measures/circuit-breaker.ts'
import { standIn } from './stand-in.ts'

const events: Record<string, unknown>[] = []
const log = createLog(
  { SERVICE_NAME: 'test', LOG_LEVEL: 'info' },
  { write: (line) => events.push(JSON.parse(line)) },
)
const open: Downstream[] = []

function link(url: string, options: Partial<DownstreamOptions> = {}): Downstream {
  const downstream = createDownstream({ link: 'here→there', url, clientTimeoutMs: 5_000, log, ...options })
  open.push(downstream)
  return downstream
}

async function failureOf(call: Promise<unknown>): Promise<DownstreamError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof DownstreamError)) throw new Error(`expected a DownstreamError, got ${error}`)
  return error
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((downstream) => downstream.close()))
  events.length = 0
})

describe('a downstream link', () => {
  test('sends JSON and gives back any answer, whatever its status', async () => {
    await using there = await standIn(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      response.writeHead(422, { 'retry-after': '7' }).end(JSON.stringify({ got: JSON.parse(body) }))
    })
    const answer = await link(there.url).call({ method: 'POST', path: '/x', body: { a: 1 } }, unlimitedBudget)
    expect(answer).toMatchObject({ status: 422, body: { got: { a: 1 } } })
    expect(answer.headers['retry-after']).toBe('7')
  })

  test('tells the callee how long it waits, and only under a budget', async () => {
    const seen: (string | undefined)[] = []
    await using there = await standIn((request, response) => {
      seen.push(request.headers['x-deadline-ms'] as string | undefined)
      response.end('{}')
    })
    const downstream = link(there.url)
    await downstream.call({ method: 'GET', path: '/' }, unlimitedBudget)
    await downstream.call({ method: 'GET', path: '/' }, createBudget({ totalMs: 60_000, hopMs: 700 }))
    await downstream.call({ method: 'GET', path: '/' }, createBudget({ totalMs: 500, hopMs: 700 }))
    expect(seen[0]).toBeUndefined()
    expect(Number(seen[1])).toBe(700)
    expect(Number(seen[2])).toBeGreaterThan(0)
    expect(Number(seen[2])).toBeLessThanOrEqual(500)
  })

  test('gives up a stalled server at the end of the hop, and does not call with no time left', async () => {
    let calls = 0
    await using there = await standIn(() => {
      calls += 1
    })
    const downstream = link(there.url)
    const stalled = await failureOf(
      downstream.call({ method: 'GET', path: '/' }, createBudget({ totalMs: 5_000, hopMs: 60 })),
    )
    expect(stalled).toMatchObject({ kind: 'timeout', link: 'here→there' })
    expect(stalled.message).toContain('no answer within 60 ms')
    const late = await failureOf(downstream.call({ method: 'GET', path: '/' }, createBudget({ totalMs: 0 })))
    expect(late.kind).toBe('timeout')
    expect(calls).toBe(1)
  })

  test('without a budget waits as long as the client time-out', async () => {
    await using there = await standIn(() => {})
    const failure = await failureOf(
      link(there.url, { clientTimeoutMs: 80 }).call({ method: 'GET', path: '/' }, unlimitedBudget),
    )
    expect(failure.message).toContain('within 80 ms')
  })

  test('tells a cut from a stall, and from a caller who has gone', async () => {
    await using there = await standIn((request) => {
      if (request.url === '/cut') request.socket.destroy()
    })
    const downstream = link(there.url)
    expect((await failureOf(downstream.call({ method: 'GET', path: '/cut' }, unlimitedBudget))).kind).toBe(
      'unreachable',
    )
    const gone = new AbortController()
    const call = downstream.call(
      { method: 'GET', path: '/' },
      createBudget({ totalMs: 5_000, signal: gone.signal }),
    )
    setTimeout(() => gone.abort(), 20)
    expect((await failureOf(call)).kind).toBe('abandoned')
  })

  test('takes half an answer for none', async () => {
    await using there = await standIn((_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"id":')
      setTimeout(() => response.destroy(), 20)
    })
    const failure = await failureOf(link(there.url).call({ method: 'GET', path: '/' }, unlimitedBudget))
    expect(failure.kind).toBe('unreachable')
  })

  test('reaches a server that was away on the next call', async () => {
    await using there = await standIn((request, response) => {
      if (request.url === '/cut') request.socket.destroy()
      else response.end('{"ok":true}')
    })
    const downstream = link(there.url)
    await failureOf(downstream.call({ method: 'GET', path: '/cut' }, unlimitedBudget))
    expect((await downstream.call({ method: 'GET', path: '/' }, unlimitedBudget)).body).toEqual({ ok: true })
  })
})

describe('the circuit breaker on a link', () => {
  const settings = circuitBreaker.parameters.parse({ windowMs: 200, minimumRps: 1, halfOpenAfterMs: 100 })

  test('opens on a dead link, lets one probe through later, and closes when it succeeds', async () => {
    let calls = 0
    let broken = true
    await using there = await standIn((request, response) => {
      calls += 1
      if (broken) request.socket.destroy()
      else response.end('{}')
    })
    const downstream = link(there.url, { circuitBreaker: settings })
    const call = () => downstream.call({ method: 'GET', path: '/' }, unlimitedBudget)
    let failure = await failureOf(call())
    for (let tries = 0; failure.kind !== 'circuit-open' && tries < 200; tries++)
      failure = await failureOf(call())
    expect(failure.kind).toBe('circuit-open')
    const before = calls
    await failureOf(call())
    expect(calls).toBe(before)

    broken = false
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect((await call()).status).toBe(200)
    expect(events.map(({ event }) => event)).toEqual(['circuit.open', 'circuit.half-open', 'circuit.closed'])
  })

  test('an honest refusal does not speak against the link', async () => {
    await using there = await standIn((_request, response) => response.writeHead(503).end('{}'))
    const downstream = link(there.url, { circuitBreaker: settings })
    for (let calls = 0; calls < 50; calls++) {
      expect((await downstream.call({ method: 'GET', path: '/' }, unlimitedBudget)).status).toBe(503)
    }
  })
})
