import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startPostgres, type TestPostgres } from '../postgres.ts'
import {
  type Answer,
  bearer,
  call,
  credentialsOf,
  issue,
  logInByCertificate,
  logInByPassword,
  openFallback,
} from './client.ts'
import { type Network, startNetwork } from './network.ts'

let postgres: TestPostgres

beforeAll(async () => {
  postgres = await startPostgres()
})

afterAll(async () => {
  await postgres?.[Symbol.asyncDispose]()
})

describe('invariant 6: sessions of the password login have low assurance', () => {
  const forbidden: [
    what: string,
    ask: (network: Network, session: string, self: string) => Promise<Answer>,
  ][] = [
    ['list the accounts', (n, session) => call(`${n.saeolUrl}/accounts`, { headers: bearer(session) })],
    [
      'unlock an account',
      (n, session, self) =>
        call(`${n.saeolUrl}/accounts/${self}/unlock`, { method: 'POST', headers: bearer(session) }),
    ],
  ]

  it.each(forbidden)('may not %s', async (_what, ask) => {
    await using network = await startNetwork({ databaseUrl: await postgres.createDatabase() })
    await openFallback(network)
    const official = network.officialOf('jongno')
    const low = await logInByPassword(network, credentialsOf(official))
    expect(low).toMatchObject({ status: 200, body: { assurance: 'low' } })
    const refused = await ask(network, low.body.session, official.id)
    expect(refused).toMatchObject({ status: 403, body: { code: 'low-assurance' } })
  })

  it('may not approve backdating: that takes a signature by the key of a certificate', async () => {
    await using network = await startNetwork({ databaseUrl: await postgres.createDatabase() })
    await openFallback(network)
    const official = network.officialOf('jongno')
    const low = await logInByPassword(network, credentialsOf(official))
    const answer = await call(`${network.saeolUrl}/retroactive-entries`, {
      headers: bearer(low.body.session),
      body: {
        office: 'jongno',
        receiptNumber: 'jongno-000001',
        receivedOn: new Date().toISOString(),
        residentId: network.people.residents[0],
        kind: 'fixed-date',
        visit: 'visit-1',
        seal: 'AAAA',
        clerk: network.people.clerks.find(({ office }) => office === 'jongno')?.id,
        verifier: official.id,
        verifierSignature: 'AAAA',
      },
    })
    expect(answer.status).toBe(422)
    expect(answer.body.problems).toEqual(expect.arrayContaining(['not-your-entry', 'not-verified']))
  })

  it('issues certificates, which is what the counter is open for', async () => {
    await using network = await startNetwork({ databaseUrl: await postgres.createDatabase() })
    await openFallback(network)
    const low = await logInByPassword(network, credentialsOf(network.nextOfficial()))
    expect((await issue(network, low.body.session)).status).toBe(201)
  })

  it('leaves all of it to sessions that came by certificate', async () => {
    await using network = await startNetwork({ databaseUrl: await postgres.createDatabase() })
    const official = network.officialOf('jongno')
    const high = await logInByCertificate(network, official)
    expect(high).toMatchObject({ status: 200, body: { assurance: 'high' } })
    for (const [, ask] of forbidden) {
      expect((await ask(network, high.body.session, official.id)).body?.code).not.toBe('low-assurance')
    }
    const list = await forbidden[0]![1](network, high.body.session, official.id)
    expect(list.status).toBe(200)
    expect(list.body.accounts.map(({ office }: { office: string }) => office)).not.toContain('jung')
  })
})
