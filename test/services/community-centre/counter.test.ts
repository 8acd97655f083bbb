import { afterAll, beforeAll, expect, test } from 'vitest'
import { createBudget } from '../../../services/common/budget.ts'
import { createDownstream } from '../../../services/common/downstream.ts'
import { createLog } from '../../../services/common/log.ts'
import { createClerk } from '../../../services/community-centre/clerks/clerk.ts'
import { createLogIn, type LogIn } from '../../../services/community-centre/clerks/login.ts'
import { createCounter } from '../../../services/community-centre/counter.ts'
import { startNetwork, type TestNetwork } from '../network.ts'

let network: TestNetwork

beforeAll(async () => {
  network = await startNetwork()
}, 60_000)

afterAll(() => network?.[Symbol.asyncDispose]())

test('the visitor is served although every clerk came through the password login that was closed', async () => {
  await using saeol = await network.startSaeol()
  const log = createLog({ SERVICE_NAME: 'test', LOG_LEVEL: 'silent' })
  const link = createDownstream({ link: 'test→saeol', url: saeol.url, clientTimeoutMs: 5_000, log })
  const budget = () => createBudget({ totalMs: 5_000 })
  const byCertificate = createLogIn(link, Date.now)
  const people = network.centre.clerks.filter(({ office }) => office === network.centre.clerks[0]!.office)
  expect(people.length).toBeGreaterThanOrEqual(3)
  const team = people.map((person) => {
    let logins = 0
    const logIn: LogIn = async (...asked) => {
      logins += 1
      if (logins > 1) return byCertificate(...asked)
      // A session that Saeol has ended since.
      const session = {
        token: `ended-${person.id}`,
        assurance: 'low',
        expiresAt: Date.now() + 60_000,
      } as const
      return { ok: true, session }
    }
    return createClerk({ person, logIn, certificateSessionMs: 60_000, now: Date.now })
  })
  for (const clerk of team) await clerk.session(budget())

  const serve = createCounter({ saeol: link, clerks: new Map([[team[0]!.office, team]]) })
  const visit = { key: 'visit-1', office: team[0]!.office, residentId: 'resident-000001', kind: 'seal' }
  expect(await serve(visit, budget())).toMatchObject({ outcome: 'issued' })
  await link.close()
})
