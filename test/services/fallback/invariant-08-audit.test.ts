import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDatabase } from '../../../services/common/database.ts'
import { createLog } from '../../../services/common/log.ts'
import { type ChainVerdict, mockAuditKey, verifyChain } from '../../../services/saeol/audit/chain.ts'
import { readAudit } from '../../../services/saeol/audit/sink.ts'
import { startPostgres, type TestPostgres } from '../postgres.ts'
import { call, closeFallback, credentialsOf, issue, logInByPassword, openFallback } from './client.ts'
import { type Network, startNetwork } from './network.ts'

let postgres: TestPostgres

beforeAll(async () => {
  postgres = await startPostgres()
})

afterAll(async () => {
  await postgres?.[Symbol.asyncDispose]()
})

const measure = { refusalMs: 0, laneServiceTimeMs: 0 }

/** Every refusal has a record of its own. */
const unlimited = { REFUSALS_PER_SOURCE: '1000', REFUSALS_IN_ALL: '1000' }

async function audited({ databaseUrl }: Network) {
  const log = createLog({ SERVICE_NAME: 'test', LOG_LEVEL: 'silent' })
  const database = createDatabase({ url: databaseUrl, poolSize: 1, timeoutMs: 5_000, log })
  try {
    const { records, head } = await readAudit(database)
    const verdict: ChainVerdict = verifyChain(records, head, mockAuditKey)
    return { records, verdict, kinds: records.map(({ kind }) => kind) }
  } finally {
    await database.close()
  }
}

/** Keeps the audit's writers out, and nobody else, until disposed. */
async function lockAudit({ databaseUrl }: Network): Promise<AsyncDisposable> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query('begin; lock table audit, audit_head in access exclusive mode')
  return { [Symbol.asyncDispose]: () => client.end() }
}

describe('invariant 8: everything is on record', () => {
  it('records opening, attempts, accesses and closing, in order, in a whole chain', async () => {
    await using network = await startNetwork({ databaseUrl: await postgres.createDatabase(), measure })
    await logInByPassword(network, credentialsOf(network.nextOfficial()))
    const opening = await openFallback(network)
    const official = network.nextOfficial()
    await logInByPassword(
      network,
      { ...credentialsOf(official), password: 'wrong' },
      { source: '203.0.113.1' },
    )
    const login = await logInByPassword(network, credentialsOf(official))
    await issue(network, login.body.session)
    await call(`${network.saeolUrl}/fallback/close`, { body: { opening: '1', reason: 'no', approvals: [] } })
    await closeFallback(network, opening.body.id)

    const { records, verdict, kinds } = await audited(network)
    expect(verdict).toEqual({ ok: true, records: 7 })
    expect(kinds).toEqual([
      'login.refused',
      'fallback.opened',
      'login.refused',
      'login.accepted',
      'session.used',
      'fallback.refused',
      'fallback.closed',
    ])
    expect(records[0]?.facts).toMatchObject({ method: 'password', reason: 'closed' })
    expect(records[1]?.facts).toMatchObject({ officers: ['duty-officer-1', 'duty-officer-2'] })
    expect(records[2]?.facts).toMatchObject({
      officialId: official.id,
      source: '203.0.113.1',
      reason: 'wrong-password',
    })
    expect(records[4]?.facts).toMatchObject({
      officialId: official.id,
      method: 'POST',
      path: '/certificates',
    })
    const secrets = JSON.stringify(records)
    expect(secrets).not.toContain(official.password)
    expect(secrets).not.toContain(login.body.session)
  })

  it('keeps the chain whole under a hundred attempts at once, and over a restart', async () => {
    await using network = await startNetwork({
      databaseUrl: await postgres.createDatabase(),
      measure,
      saeol: unlimited,
    })
    const attempts = () =>
      Promise.all(
        Array.from({ length: 50 }, () =>
          logInByPassword(network, credentialsOf(network.people.officials[0]!)),
        ),
      )
    await attempts()
    await network.restartSaeol()
    await attempts()
    expect((await audited(network)).verdict).toEqual({ ok: true, records: 100 })
  })

  it('is seen to break under the sabotage', async () => {
    await using network = await startNetwork({
      databaseUrl: await postgres.createDatabase(),
      measure,
      sabotage: 'audit-drops-record',
    })
    for (let attempt = 0; attempt < 6; attempt++) {
      await logInByPassword(network, credentialsOf(network.people.officials[0]!))
    }
    expect((await audited(network)).verdict).toMatchObject({ ok: false, atSeq: 5 })
  })

  it.each([
    ['cut off by somebody who has no key', `seal = 'a guess'`],
    ['cut off, and an older head put back with its seal', 'seal = older.seal'],
  ])('tells that its end was %s', async (_what, sealed) => {
    await using network = await startNetwork({ databaseUrl: await postgres.createDatabase(), measure })
    const attempt = () => logInByPassword(network, credentialsOf(network.people.officials[0]!))
    await attempt()
    const client = new pg.Client({ connectionString: network.databaseUrl })
    await client.connect()
    await client.query('create table older as select * from audit_head')
    await attempt()
    await client.query('delete from audit where seq = 2')
    await client.query(`update audit_head set seq = older.seq, hash = older.hash, ${sealed} from older`)
    await client.end()
    await attempt()
    const { records, verdict, kinds } = await audited(network)
    expect(verdict).toMatchObject({ ok: true, records: 3 })
    expect(kinds).toEqual(['login.refused', 'audit.cut-off', 'login.refused'])
    expect(records[1]?.facts).toMatchObject({ foundSeq: 1, wroteSeq: 2 })
    expect(network.count('audit.cut-off')).toBe(1)
  })

  it('spools while the sink is down, and puts the spool into the chain in order afterwards', async () => {
    await using network = await startNetwork({ databaseUrl: await postgres.createDatabase(), measure })
    await openFallback(network)
    const officials = Array.from({ length: 5 }, () => network.nextOfficial())
    {
      await using _locked = await lockAudit(network)
      for (const official of officials) {
        expect((await logInByPassword(network, credentialsOf(official))).status).toBe(200)
      }
      expect(network.count('audit.sink-down')).toBe(1)
    }
    await network.seen('audit.sink-up')
    await logInByPassword(network, credentialsOf(network.nextOfficial()))
    const { verdict, records } = await audited(network)
    expect(verdict).toEqual({ ok: true, records: 7 })
    expect(records.slice(1, 6).map(({ facts }) => facts.officialId)).toEqual(officials.map(({ id }) => id))
  })

  it('keeps the spool over a restart', async () => {
    await using network = await startNetwork({ databaseUrl: await postgres.createDatabase(), measure })
    await openFallback(network)
    const official = network.nextOfficial()
    {
      await using _locked = await lockAudit(network)
      expect((await logInByPassword(network, credentialsOf(official))).status).toBe(200)
      // The tables are locked for a start as well; only what is spooled is at stake here.
    }
    await network.restartSaeol()
    await expect.poll(async () => (await audited(network)).kinds).toContain('login.accepted')
    expect((await audited(network)).verdict).toEqual({ ok: true, records: 2 })
  })

  it('refuses the login once the spool is full as well, and serves again once it can record', async () => {
    await using network = await startNetwork({
      databaseUrl: await postgres.createDatabase(),
      measure,
      saeol: { AUDIT_SPOOL_BYTES: '1000' },
    })
    await openFallback(network)
    {
      await using _locked = await lockAudit(network)
      const statuses: number[] = []
      for (let attempt = 0; attempt < 6; attempt++) {
        statuses.push((await logInByPassword(network, credentialsOf(network.nextOfficial()))).status)
      }
      expect(statuses).toContain(200)
      expect(statuses.at(-1)).toBe(503)
      const refused = await logInByPassword(network, credentialsOf(network.nextOfficial()))
      expect(refused).toMatchObject({ status: 503, body: { code: 'audit-unavailable' } })
    }
    await network.seen('audit.sink-up')
    expect((await logInByPassword(network, credentialsOf(network.nextOfficial()))).status).toBe(200)
    expect((await audited(network)).verdict.ok).toBe(true)
  })

  it('does not open what it cannot record', async () => {
    await using network = await startNetwork({
      databaseUrl: await postgres.createDatabase(),
      measure,
      saeol: { AUDIT_SPOOL_BYTES: '0' },
    })
    await using _locked = await lockAudit(network)
    expect((await openFallback(network)).status).toBe(503)
    expect((await call(`${network.saeolUrl}/fallback`)).body).toEqual({ state: 'closed' })
  })
})
