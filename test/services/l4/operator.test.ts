import { once } from 'node:events'
import type { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { L4 } from '../../../services/l4/app.ts'
import { mockOperatorToken } from '../../../services/l4/config.ts'
import { call } from '../fallback/client.ts'
import { asOperator, dial, headers, nobody, start, upstream } from './behind-the-switch.ts'

const change = (l4: L4, name: string, body: unknown) =>
  call(`${l4.url}/backends/${name}`, { method: 'PATCH', body, headers })

describe('the operator of l4', () => {
  it('changes weights, drains and takes down by its admin API', async () => {
    const echo = (word: string) => (socket: Socket) => {
      socket.write(word)
      socket.once('end', () => socket.end())
    }
    const [a, b] = [await upstream(echo('a')), await upstream(echo('b'))]
    await using l4 = await start(a.url, b.url)
    const kept = await dial(l4)
    expect(String((await once(kept, 'data'))[0])).toBe('a')
    const next = async () => {
      const client = await dial(l4)
      const [word] = await once(client, 'data')
      client.destroy()
      return String(word)
    }
    expect(await change(l4, 'gpki-b', { weight: 0 })).toMatchObject({ status: 200, body: { weight: 0 } })
    expect([await next(), await next()]).toEqual(['a', 'a'])

    await change(l4, 'gpki-b', { weight: 1 })
    await change(l4, 'gpki-a', { state: 'draining' })
    expect([await next(), await next()]).toEqual(['b', 'b'])
    expect(a.sockets.size).toBe(1)
    expect(kept.destroyed).toBe(false)

    const dropped = new Promise<void>((resolve) => kept.once('close', () => resolve()))
    await change(l4, 'gpki-a', { state: 'down' })
    await dropped
    const { body } = await asOperator(`${l4.url}/counters`)
    expect(body).toMatchObject({
      accepted: 5,
      backends: { 'gpki-a': { connections: 3 }, 'gpki-b': { connections: 2 } },
    })
  })

  it.each([
    ['an unknown backend', 'gpki-c', { weight: 1 }, 404],
    ['a negative weight', 'gpki-a', { weight: -1 }, 400],
    ['an unknown state', 'gpki-a', { state: 'asleep' }, 400],
    ['no change', 'gpki-a', {}, 400],
    ['an unknown field', 'gpki-a', { wieght: 1 }, 400],
  ])('refuses %s', async (_what, name, body, status) => {
    await using l4 = await start(nobody, nobody)
    expect((await change(l4, name, body)).status).toBe(status)
  })

  it.each([
    ['nothing', {}],
    ['another token', { authorization: 'Bearer mock-network-only-0perator' }],
    ['a longer token', { authorization: `Bearer ${mockOperatorToken}!` }],
    ['the token without its kind', { authorization: mockOperatorToken }],
  ])('is operated by nobody who shows %s', async (_what, shown) => {
    await using l4 = await start(nobody, nobody)
    const body = { state: 'down' }
    const refused = { status: 401, body: { code: 'refused' } }
    const url = `${l4.url}/backends/gpki-a`
    expect(await call(url, { method: 'PATCH', body, headers: shown })).toMatchObject(refused)
    expect(await call(`${l4.url}/backends`, { headers: shown })).toMatchObject(refused)
    expect(await call(`${l4.url}/counters`, { headers: shown })).toMatchObject(refused)
    const { backends } = (await asOperator(`${l4.url}/backends`)).body
    expect(backends[0].state).toBe('active')
  })

  it('is operated by a person: so many changes a second and no more', async () => {
    await using l4 = await start(nobody, nobody)
    const statuses = await Promise.all(Array.from({ length: 15 }, () => change(l4, 'gpki-a', { weight: 1 })))
    expect(statuses.filter(({ status }) => status === 200)).toHaveLength(10)
    expect(statuses.filter(({ status }) => status === 429)).toHaveLength(5)
  })

  it('lets anybody operate it under the sabotage', async () => {
    await using l4 = await start(nobody, nobody, { SABOTAGE: 'open-admin' })
    const answer = await call(`${l4.url}/backends/gpki-a`, { method: 'PATCH', body: { weight: 1 } })
    expect(answer.status).toBe(200)
  })
})
