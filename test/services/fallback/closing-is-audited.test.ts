import { afterAll, beforeAll, expect, it } from 'vitest'
import { createDatabase, migrate } from '../../../services/common/database.ts'
import { createLog } from '../../../services/common/log.ts'
import { passwordFallback } from '../../../services/measures/password-fallback.ts'
import { startFallback } from '../../../services/saeol/fallback/fallback.ts'
import { fallbackSchema } from '../../../services/saeol/fallback/schema.ts'
import { sessionSchema } from '../../../services/saeol/sessions/schema.ts'
import { startPostgres, type TestPostgres } from '../postgres.ts'

let postgres: TestPostgres

beforeAll(async () => {
  postgres = await startPostgres()
})

afterAll(async () => {
  await postgres?.[Symbol.asyncDispose]()
})

const log = createLog({ SERVICE_NAME: 'test', LOG_LEVEL: 'silent' })

/** A fallback whose audit looks, from a connection of its own, whether what it is told of is committed already. */
async function watched(audited: (kind: string) => void = () => {}) {
  const url = await postgres.createDatabase()
  await migrate(url, 'fallback', `${sessionSchema}; ${fallbackSchema}`)
  const database = createDatabase({ url, poolSize: 3, timeoutMs: 5_000, log })
  let clock = Date.now()
  const seen: { kind: string; closedAlready: boolean }[] = []
  const fallback = await startFallback({
    config: { measures: { passwordFallback: passwordFallback.parameters.parse({}) } },
    database,
    audit: {
      async append(kind) {
        const closed = await database.query('select 1 from fallback_openings where closed_at is not null')
        seen.push({ kind, closedAlready: closed.length > 0 })
        audited(kind)
      },
    },
    log,
    sabotaged: () => false,
    now: () => clock,
  })
  const open = async (nonce: string) => {
    const result = await fallback.open({
      scope: { system: 'saeol', offices: ['*'] },
      expiresAt: new Date(clock + 1_000),
      reason: 'GPKI is out',
      vantagePoints: [],
      nonce,
      officers: ['one', 'two'],
    })
    if (result.outcome !== 'opened') throw new Error(result.outcome)
    return result.opening.id
  }
  return {
    fallback,
    seen,
    open,
    pass: (ms: number) => {
      clock += ms
    },
    closed: () =>
      database.query<{ because: string }>(
        'select closed_because as because from fallback_openings where closed_at is not null',
      ),
    async [Symbol.asyncDispose]() {
      fallback.stop()
      await database.close()
    },
  }
}

it('is recorded before it is committed, so that no crash leaves a closing without its record', async () => {
  await using door = await watched()
  await door.fallback.close(await door.open('first'), 'a test', ['one'])
  expect(door.seen).toEqual([
    { kind: 'fallback.opened', closedAlready: false },
    { kind: 'fallback.closed', closedAlready: false },
  ])
  expect(await door.closed()).toEqual([{ because: 'a test' }])
})

it('so is an expiry', async () => {
  await using door = await watched()
  await door.open('first')
  door.pass(2_000)
  // The timer of the opening writes it down.
  await expect.poll(door.closed).toEqual([{ because: 'expired' }])
  expect(door.seen.at(-1)).toEqual({ kind: 'fallback.closed', closedAlready: false })
})

it('is never held up by an audit that can keep nothing', async () => {
  await using door = await watched((kind) => {
    if (kind === 'fallback.closed') throw new Error('full')
  })
  expect(await door.fallback.close(await door.open('first'), 'a test', ['one'])).toMatchObject({
    closed: true,
  })
  expect(await door.closed()).toHaveLength(1)
})
