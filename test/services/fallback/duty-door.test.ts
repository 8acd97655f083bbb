/** Where duty officers' signatures come in: whoever can sign nothing costs little, and keeps nobody waiting. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDatabase } from '../../../services/common/database.ts'
import { createLog } from '../../../services/common/log.ts'
import { readAudit } from '../../../services/saeol/audit/sink.ts'
import { createDutyDoor } from '../../../services/saeol/fallback/duty-door.ts'
import { startPostgres, type TestPostgres } from '../postgres.ts'
import { approve, call, evidence, openFallback, openingSubject } from './client.ts'
import { type Network, startNetwork } from './network.ts'

let postgres: TestPostgres

beforeAll(async () => {
  postgres = await startPostgres()
})

afterAll(async () => {
  await postgres?.[Symbol.asyncDispose]()
})

async function refusals({ databaseUrl }: Network) {
  const log = createLog({ SERVICE_NAME: 'test', LOG_LEVEL: 'silent' })
  const database = createDatabase({ url: databaseUrl, poolSize: 1, timeoutMs: 5_000, log })
  const { records } = await readAudit(database)
  await database.close()
  return records.filter(({ kind }) => kind.endsWith('.refused')).map(({ facts }) => facts)
}

const rubbish = {
  '/fallback/open': openingSubject({ approvals: [{ officer: 'duty-officer-1', signature: 'AAAA' }] }),
  '/fallback/close': { opening: '1', reason: 'no', approvals: [] },
  '/outage-windows': { system: 'saeol', office: '*', from: '2023-01-01T00:00:00Z', to: null, approvals: [] },
}

describe('the door of the duty officers', () => {
  it.each(Object.entries(rubbish))('is not worn out by strangers who post to %s', async (path, body) => {
    await using network = await startNetwork({ databaseUrl: await postgres.createDatabase() })
    const began = Date.now()
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => call(`${network.saeolUrl}${path}`, { body })),
    )
    const lookedAt = answers.filter(({ status }) => status === 403)
    expect(lookedAt.length).toBeGreaterThanOrEqual(10)
    expect(lookedAt.length).toBeLessThanOrEqual(11 + (Date.now() - began) / 500)
    const turnedAway = answers.filter(({ status }) => status === 429)
    expect(turnedAway).toHaveLength(60 - lookedAt.length)
    expect(turnedAway[0]?.headers.get('retry-after')).toBe('1')
    // The room is let in all the same.
    expect((await openFallback(network)).status).toBe(201)
    expect(await refusals(network)).toMatchObject([{ count: 1, officers: [] }])
  })

  it('names the officer who signed what was refused, each time', async () => {
    await using network = await startNetwork({ databaseUrl: await postgres.createDatabase() })
    for (const vantagePoints of [[], [evidence('saeol')]]) {
      const asked = openingSubject({ vantagePoints })
      const subject = { action: 'open-fallback', ...asked }
      const [, theirs] = approve(network.room, subject, [0, 1])
      const approvals = [{ officer: 'duty-officer-1', signature: theirs!.signature }, theirs]
      const answer = await call(`${network.saeolUrl}/fallback/open`, { body: { ...asked, approvals } })
      expect(answer).toMatchObject({ status: 403, body: { code: 'not-approved' } })
    }
    expect(await refusals(network)).toMatchObject(Array(2).fill({ officers: ['duty-officer-2'] }))
  })

  it('reads no body that is longer than any that was signed, or of unknown length', async () => {
    await using network = await startNetwork({ databaseUrl: await postgres.createDatabase() })
    const url = `${network.saeolUrl}/fallback/open`
    const long = await call(url, { body: openingSubject({ reason: 'x'.repeat(20_000) }) })
    expect(long).toMatchObject({ status: 413, body: { code: 'too-large' } })
    const body = new Blob(['{}']).stream()
    expect((await fetch(url, { method: 'POST', body, duplex: 'half' })).status).toBe(413)
    const many = approve(network.room, 'anything', [0, 1, 2, 0, 1, 2])
    expect((await call(url, { body: openingSubject({ approvals: many }) })).status).toBe(400)
  })
})

it('tells how many strangers it refused and turned away, once in ten minutes', async () => {
  let clock = 1_000_000
  const told: unknown[] = []
  const audit = {
    append: async (_kind: string, { count }: { readonly count?: unknown }) => void told.push(count),
  }
  const door = createDutyDoor({ audit, roomToken: 'the-room', now: () => clock })
  for (let tries = 0; tries < 500; tries++) {
    await door.refused('fallback.refused', {}, [])
    clock += 2_000
  }
  expect(told).toEqual([1, 300])
})
