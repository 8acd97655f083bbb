import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startPostgres, type TestPostgres } from '../postgres.ts'
import { call, credentialsOf, logInByCertificate, logInByPassword, openFallback } from './client.ts'
import { type Network, startNetwork } from './network.ts'

let postgres: TestPostgres

beforeAll(async () => {
  postgres = await startPostgres()
})

afterAll(async () => {
  await postgres?.[Symbol.asyncDispose]()
})

interface Recorded {
  readonly kind: string
  readonly facts: Readonly<Record<string, unknown>>
}

async function ask(databaseUrl: string, sql: string): Promise<Recorded[]> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

const audited = ({ databaseUrl }: Network) => ask(databaseUrl, 'select kind, facts from audit order by seq')

/** Keeps the audit's writers out, and nobody else, until disposed. */
async function lockAudit({ databaseUrl }: Network): Promise<AsyncDisposable> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query('begin; lock table audit, audit_head in access exclusive mode')
  return { [Symbol.asyncDispose]: () => client.end() }
}

const started = async (saeol: Record<string, string>, sabotage = '') =>
  startNetwork({
    databaseUrl: await postgres.createDatabase(),
    measure: { refusalMs: 0, laneServiceTimeMs: 0 },
    sabotage,
    saeol,
  })

/** Attempts of nobody in particular, from so many addresses. @returns every answer that was not as it should be */
async function flood(network: Network, attempts: number, sources: number): Promise<unknown[]> {
  const answers = await Promise.all(
    Array.from({ length: attempts }, (_, index) =>
      logInByPassword(
        network,
        { officialId: `nobody-${index}`, password: 'x', code: '123456', terminal: 'terminal-0' },
        { source: `203.0.113.${index % sources}` },
      ),
    ),
  )
  return answers
    .map(({ status, body }) => ({ status, code: body.code }))
    .filter(({ status, code }) => status !== 403 || code !== 'fallback-closed')
}

/** A spool for some sixty records. */
const smallSpool = { AUDIT_SPOOL_BYTES: '20000', REFUSALS_PERIOD_MS: '300' }

describe('refusals are on the audit, and do not fill it', () => {
  it('records some of each source, and counts the others in one record', async () => {
    await using network = await started({
      REFUSALS_PER_SOURCE: '3',
      REFUSALS_IN_ALL: '7',
      REFUSALS_PERIOD_MS: '2000',
    })
    expect(await flood(network, 40, 4)).toEqual([])
    await expect.poll(async () => (await audited(network)).length).toBe(8)
    const records = await audited(network)
    expect(records.filter(({ kind }) => kind === 'login.refused')).toHaveLength(7)
    const { kind, facts } = records.at(-1)!
    expect(kind).toBe('refusals.counted')
    expect(facts).toMatchObject({ attempts: 33, reasons: { 'login.refused closed': 33 } })
    expect(Object.keys(facts.sources as object).sort()).toEqual([0, 1, 2, 3].map((n) => `203.0.113.${n}`))
  })

  it('begins anew with every period', async () => {
    await using network = await started({ REFUSALS_PER_SOURCE: '2', REFUSALS_PERIOD_MS: '300' })
    await flood(network, 5, 1)
    await expect.poll(async () => (await audited(network)).length).toBe(3)
    await flood(network, 5, 1)
    await expect.poll(async () => (await audited(network)).length).toBe(6)
  })

  it('counts what is left when it stops', async () => {
    await using network = await started({ REFUSALS_PER_SOURCE: '1', REFUSALS_PERIOD_MS: '60000' })
    await flood(network, 5, 1)
    await network.restartSaeol()
    expect((await audited(network)).at(-1)).toMatchObject({
      kind: 'refusals.counted',
      facts: { attempts: 4 },
    })
  })

  it('opens and lets officials in after a flood at the closed door, with the sink down', async () => {
    await using network = await started(smallSpool)
    {
      await using _locked = await lockAudit(network)
      for (let wave = 0; wave < 6; wave++) {
        expect(await flood(network, 80, 40)).toEqual([])
      }
      expect((await openFallback(network)).status).toBe(201)
      for (let official = 0; official < 5; official++) {
        const login = await logInByPassword(network, credentialsOf(network.nextOfficial()))
        expect(login.status).toBe(200)
      }
      expect(network.count('audit.refused')).toBe(0)
    }
    await expect
      .poll(async () => (await audited(network)).filter(({ kind }) => kind === 'login.accepted').length)
      .toBe(5)
    await expect.poll(() => countedIn(network)).toBe(480)
  }, 60_000)

  it('is seen to fill the spool under the sabotage', async () => {
    await using network = await started(smallSpool, 'audits-before-throttle')
    await using _locked = await lockAudit(network)
    await flood(network, 50, 40)
    // What is written together finds room together, so the last few bytes go one by one.
    for (let attempt = 0; attempt < 100 && (await flood(network, 1, 1)).length === 0; attempt++) {}
    expect((await openFallback(network)).status).toBe(503)
  })

  it('lets no guesses at the open door fill the spool, nor logins with made-up challenges', async () => {
    await using network = await started(smallSpool)
    await openFallback(network)
    {
      await using _locked = await lockAudit(network)
      for (let wave = 0; wave < 3; wave++) {
        await flood(network, 60, 60)
        await Promise.all(Array.from({ length: 60 }, () => guessAtGpki(network)))
      }
      expect((await logInByPassword(network, credentialsOf(network.nextOfficial()))).status).toBe(200)
    }
  }, 60_000)

  it('makes no row for each account that one address names', async () => {
    await using network = await started({})
    await openFallback(network)
    await flood(network, 200, 1)
    const kept = await ask(network.databaseUrl, 'select key from login_throttle')
    expect(kept.length).toBeLessThan(100)
  })

  it('still lets officials in by certificate when the spool has no room for refusals', async () => {
    await using network = await started(smallSpool)
    await using _locked = await lockAudit(network)
    for (let wave = 0; wave < 6; wave++) await flood(network, 80, 40)
    expect((await logInByCertificate(network, network.nextOfficial())).status).toBe(200)
  })
})

function guessAtGpki(network: Network) {
  const body = { audience: 'saeol', nonce: 'made up', certificateChain: ['x'], signature: 'x' }
  return call(`${network.saeolUrl}/login/gpki`, { body })
}

/** Refusals of logins that the audit knows of: recorded one by one, or counted. */
async function countedIn(network: Network): Promise<number> {
  return (await audited(network)).reduce((sum, { kind, facts }) => {
    if (kind === 'refusals.counted') return sum + Number(facts.attempts)
    return kind === 'login.refused' ? sum + 1 : sum
  }, 0)
}
