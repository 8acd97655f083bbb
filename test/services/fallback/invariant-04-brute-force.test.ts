import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mockTokenOf } from '../../../services/common/callers.ts'
import { frontTokenHeader } from '../../../services/common/front-token.ts'
import type { Person } from '../../../services/enrolment/people.ts'
import { startPostgres, type TestPostgres } from '../postgres.ts'
import { bearer, call, credentialsOf, logInByCertificate, logInByPassword, openFallback } from './client.ts'
import { type Network, startNetwork } from './network.ts'

let postgres: TestPostgres

beforeAll(async () => {
  postgres = await startPostgres()
})

afterAll(async () => {
  await postgres?.[Symbol.asyncDispose]()
})

// Nothing refills while a test runs.
const slow = {
  accountRefillMs: 600_000,
  sourceRefillMs: 600_000,
  ownTerminalsRefillMs: 600_000,
  terminalRefillMs: 600_000,
}

async function opened(more: { measure?: object; sabotage?: string } = {}): Promise<Network> {
  const network = await startNetwork({
    databaseUrl: await postgres.createDatabase(),
    measure: {
      refusalMs: 0,
      laneServiceTimeMs: 0,
      accountBurst: 3,
      sourceBurst: 12,
      terminalBurst: 6,
      ownTerminalsBurst: 15,
      ...slow,
      ...more.measure,
    },
    sabotage: more.sabotage ?? '',
  })
  expect((await openFallback(network)).status).toBe(201)
  return network
}

/** An outsider knows the name only. */
const guess = (victim: Person) => ({
  officialId: victim.id,
  password: 'guess',
  code: '123456',
  terminal: 'terminal-of-an-outsider',
})

/** An intruder at the victim's own terminal, who lacks the password. */
const guessAtTerminal = (victim: Person) => ({ ...credentialsOf(victim), password: 'guess' })

describe('invariant 4: brute force is slowed down, officials are not locked out', () => {
  it('throttles by account and source, and leaves the account to its official', async () => {
    await using network = await opened()
    const victim = network.nextOfficial()
    const attack = { source: '203.0.113.7' }
    for (let attempt = 0; attempt < 3; attempt++) {
      expect((await logInByPassword(network, guess(victim), attack)).status).toBe(401)
    }
    const fourth = await logInByPassword(network, guess(victim), attack)
    expect(fourth).toMatchObject({ status: 429, body: { code: 'throttled' } })
    expect(Number(fourth.headers.get('retry-after'))).toBeGreaterThan(0)
    const elsewhere = await logInByPassword(network, credentialsOf(victim), { source: '10.0.0.9' })
    expect(elsewhere.status).toBe(200)
  })

  it('lets the official in even from behind the same address as the attacker', async () => {
    await using network = await opened()
    const victim = network.nextOfficial()
    const source = '203.0.113.8'
    for (let attempt = 0; attempt < 6; attempt++) await logInByPassword(network, guess(victim), { source })
    expect((await logInByPassword(network, credentialsOf(victim), { source })).status).toBe(200)
  })

  it('slows spraying down by source and locks nobody out', async () => {
    await using network = await opened()
    const source = '203.0.113.9'
    const victims = Array.from({ length: 20 }, () => network.nextOfficial())
    const statuses: number[] = []
    for (const victim of victims)
      statuses.push((await logInByPassword(network, guess(victim), { source })).status)
    expect(statuses.filter((status) => status === 401)).toHaveLength(12)
    expect(statuses.filter((status) => status === 429)).toHaveLength(8)
    const logins = await Promise.all(
      victims.map((victim) => logInByPassword(network, credentialsOf(victim), { source })),
    )
    expect(logins.map(({ status }) => status)).toEqual(victims.map(() => 200))
  })

  it("slows down even a sprayer who knows everybody's terminal, at his address only", async () => {
    await using network = await opened()
    const source = '203.0.113.16'
    const victims = Array.from({ length: 20 }, () => network.nextOfficial())
    const statuses: number[] = []
    for (const victim of victims)
      statuses.push((await logInByPassword(network, guessAtTerminal(victim), { source })).status)
    // Fifteen were looked at; what is answered counts as if no terminal had been right.
    expect(statuses.filter((status) => status === 401)).toHaveLength(12)
    expect(statuses.filter((status) => status === 429)).toHaveLength(8)
    const seventeenth = await logInByPassword(network, credentialsOf(victims[17]!), { source })
    expect(seventeenth.status).toBe(429)
    for (const victim of victims) {
      expect((await logInByPassword(network, credentialsOf(victim), { source: '10.0.0.9' })).status).toBe(200)
    }
  })

  it('never slows down an office whose officials log in well, all from one address', async () => {
    await using network = await opened()
    const source = '10.0.0.10'
    for (let official = 0; official < 40; official++) {
      const login = credentialsOf(network.nextOfficial())
      expect((await logInByPassword(network, login, { source })).status).toBe(200)
    }
  })

  it('counts attempts before it checks them, so that many at once are no way around', async () => {
    await using network = await opened()
    const victim = network.nextOfficial()
    const burst = await Promise.all(
      Array.from({ length: 30 }, () => logInByPassword(network, guess(victim), { source: '203.0.113.10' })),
    )
    expect(burst.filter(({ status }) => status === 401)).toHaveLength(3)
    expect(burst.filter(({ status }) => status === 429)).toHaveLength(27)
  })

  it("throttles a stolen terminal over all sources, and only that official's", async () => {
    await using network = await opened()
    const [victim, colleague] = [network.nextOfficial(), network.nextOfficial()]
    const statuses: number[] = []
    for (let host = 1; host <= 9; host++) {
      statuses.push(
        (await logInByPassword(network, guessAtTerminal(victim), { source: `198.51.100.${host}` })).status,
      )
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 401, 429, 429, 429])
    expect(
      (await logInByPassword(network, credentialsOf(colleague), { source: '198.51.100.1' })).status,
    ).toBe(200)
  })

  it('counts on over a restart', async () => {
    await using network = await opened()
    const victim = network.nextOfficial()
    const attack = { source: '203.0.113.11' }
    for (let attempt = 0; attempt < 3; attempt++) await logInByPassword(network, guess(victim), attack)
    await network.restartSaeol()
    expect((await logInByPassword(network, guess(victim), attack)).status).toBe(429)
  })

  it('lets go again with time', async () => {
    await using network = await opened({ measure: { accountRefillMs: 300, terminalRefillMs: 300 } })
    const victim = network.nextOfficial()
    const attack = { source: '203.0.113.12' }
    const next = async () => (await logInByPassword(network, guess(victim), attack)).status
    while ((await next()) !== 429) {}
    await expect.poll(next).toBe(401)
  })

  it.each([
    ['without a token', ''],
    ['with a token that is as long', 'x'.repeat(mockTokenOf('front').length)],
  ])('takes no client at its word for the source: %s', async (_how, token) => {
    await using network = await opened()
    const victim = network.nextOfficial()
    const headers = { [frontTokenHeader]: token }
    const statuses: number[] = []
    for (let host = 1; host <= 5; host++) {
      const source = `192.0.2.${host}`
      statuses.push((await logInByPassword(network, guess(victim), { source, headers })).status)
    }
    expect(statuses).toEqual([401, 401, 401, 429, 429])
  })

  it('is unlocked by a colleague who came by certificate', async () => {
    await using network = await opened()
    const victim = network.officialOf('jongno')
    const source = '203.0.113.14'
    for (let attempt = 0; attempt < 4; attempt++)
      await logInByPassword(network, guessAtTerminal(victim), { source })
    expect((await logInByPassword(network, credentialsOf(victim), { source })).status).toBe(429)
    const colleague = await logInByCertificate(network, network.officialOf('jongno'))
    const unlock = await call(`${network.saeolUrl}/accounts/${victim.id}/unlock`, {
      method: 'POST',
      headers: bearer(colleague.body.session),
    })
    expect(unlock.status).toBe(204)
    expect((await logInByPassword(network, credentialsOf(victim), { source })).status).toBe(200)
  })

  it('is seen to lock everybody out under the sabotage', async () => {
    await using network = await opened({ sabotage: 'locks-accounts-globally' })
    const victim = network.nextOfficial()
    for (let attempt = 0; attempt < 3; attempt++) {
      await logInByPassword(network, guess(victim), { source: '203.0.113.15' })
    }
    expect((await logInByPassword(network, credentialsOf(victim), { source: '10.0.0.9' })).status).toBe(429)
  })
})
