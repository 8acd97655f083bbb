/** Clerks who came by the password login work on through its closing: nobody is sent home because of it. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createBudget } from '../../../services/common/budget.ts'
import { createDownstream } from '../../../services/common/downstream.ts'
import { createLog } from '../../../services/common/log.ts'
import { createClerk } from '../../../services/community-centre/clerks/clerk.ts'
import type { LogIn } from '../../../services/community-centre/clerks/login.ts'
import { createCounter } from '../../../services/community-centre/counter.ts'
import { standIn } from '../common/stand-in.ts'
import { startNetwork, type TestNetwork } from '../network.ts'

let network: TestNetwork
beforeAll(async () => {
  network = await startNetwork()
}, 60_000)
afterAll(() => network?.[Symbol.asyncDispose]())

/** A Saeol whose sessions can be made to drain, and end. */
async function startDraining() {
  const state = { drainsUntil: 0 }
  const used: string[] = []
  const server = await standIn((request, response) => {
    const token = request.headers.authorization?.slice('Bearer '.length) ?? ''
    used.push(token)
    const low = token.startsWith('low')
    if (low && state.drainsUntil > 0) response.setHeader('session-draining', String(state.drainsUntil))
    const ended = low && state.drainsUntil > 0 && Date.now() > state.drainsUntil
    response
      .writeHead(ended ? 401 : 201)
      .end(JSON.stringify(ended ? { code: 'session-ended' } : { number: 'C1' }))
  })
  return Object.assign(server, { state, used })
}

test('the session that drains serves on while another login is under way, and then that one serves', async () => {
  await using saeol = await startDraining()
  const log = createLog({ SERVICE_NAME: 'test', LOG_LEVEL: 'silent' })
  const link = createDownstream({ link: 'test→saeol', url: saeol.url, clientTimeoutMs: 5_000, log })
  const [person] = network.centre.clerks
  const anew = Promise.withResolvers<void>()
  let logins = 0
  const logIn: LogIn = async () => {
    logins += 1
    if (logins === 1)
      return { ok: true, session: { token: 'low', assurance: 'low', expiresAt: Date.now() + 60_000 } }
    await anew.promise
    return { ok: true, session: { token: 'high', assurance: 'high', expiresAt: Date.now() + 60_000 } }
  }
  const clerk = createClerk({ person: person!, logIn, certificateSessionMs: 60_000, now: Date.now })
  const serve = createCounter({ saeol: link, clerks: new Map([[person!.office, [clerk]]]) })
  const visit = (key: string) =>
    serve(
      { key, office: person!.office, residentId: 'resident-000001', kind: 'seal' },
      createBudget({ totalMs: 5_000 }),
    )

  expect(await visit('before')).toMatchObject({ outcome: 'issued' })
  saeol.state.drainsUntil = Date.now() + 60_000
  // Nobody waits for the login: it ends when they have all been served.
  for (const key of ['told', 'meanwhile', 'meanwhile-too'])
    expect(await visit(key)).toMatchObject({ outcome: 'issued' })
  expect(logins).toBe(2)
  anew.resolve()
  await sleep(50)
  expect(await visit('after')).toMatchObject({ outcome: 'issued' })
  expect(saeol.used).toEqual(['low', 'low', 'low', 'low', 'high'])
  expect(logins).toBe(2)
  await link.close()
})
