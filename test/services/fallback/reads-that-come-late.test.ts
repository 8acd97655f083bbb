/** A read of the door that was begun before it opened, and is answered after, says nothing of the time since. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createDatabase, migrate } from '../../../services/common/database.ts'
import { createLog } from '../../../services/common/log.ts'
import { passwordFallback } from '../../../services/measures/password-fallback.ts'
import { startFallback } from '../../../services/saeol/fallback/fallback.ts'
import type { Opening } from '../../../services/saeol/fallback/openings.ts'
import { fallbackSchema } from '../../../services/saeol/fallback/schema.ts'
import { sessionSchema } from '../../../services/saeol/sessions/schema.ts'
import { startPostgres, type TestPostgres } from '../postgres.ts'

let postgres: TestPostgres
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres?.[Symbol.asyncDispose]())

it('does not switch back those who were just told to use the password login', async () => {
  const url = await postgres.createDatabase()
  await migrate(url, 'late', `${sessionSchema}; ${fallbackSchema}`)
  const log = createLog({ SERVICE_NAME: 'test', LOG_LEVEL: 'silent' })
  await using stack = new AsyncDisposableStack()
  const database = createDatabase({ url, poolSize: 3, timeoutMs: 5_000, log })
  stack.defer(() => database.close())
  // Holds back the answer to one read.
  const held = { next: false, answer: Promise.withResolvers<void>() }
  const slow: typeof database = {
    ...database,
    async query<Row>(...asked: Parameters<typeof database.query>): Promise<Row[]> {
      const rows = await database.query<Row & Opening>(...asked)
      if (held.next) {
        held.next = false
        await held.answer.promise
      }
      return rows
    },
  }
  const fallback = await startFallback({
    config: { measures: { passwordFallback: passwordFallback.parameters.parse({}) } },
    database: slow,
    audit: { append: async () => {} },
    log,
    sabotaged: () => false,
    now: Date.now,
  })
  stack.defer(() => fallback.stop())

  held.next = true
  const early = fallback.inForce()
  await fallback.open({
    scope: { system: 'saeol', offices: ['*'] },
    expiresAt: new Date(Date.now() + 60_000),
    reason: 'a test',
    vantagePoints: [],
    nonce: 'once',
    officers: ['one', 'two'],
  })
  expect(fallback.gpki.switchedOff).toBe(true)
  held.answer.resolve()
  expect(await early).toBeUndefined()
  expect(fallback.gpki.switchedOff).toBe(true)

  // A read of its own time tells the truth in both directions.
  const { id } = (await fallback.inForce())!
  await fallback.close(id, 'GPKI is back', [])
  expect(fallback.gpki.switchedOff).toBe(false)
})
