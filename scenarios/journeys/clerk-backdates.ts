import type { Journey } from '../../harness/index.ts'
import { gpkiLogin, outcomeOf, patienceMs } from './login.ts'
import { type People, pick } from './people.ts'

const dayMs = 24 * 3600 * 1000

/** A clerk who does a friend a favour: enters a case under a date on which nothing was out of order. Must be refused. */
export const clerkBackdates: Journey = {
  name: 'clerk-backdates',
  title: 'a clerk backdates a case for a friend',
  entrance: 'official→saeol',
  succeedsWith: ['refused', 'not-logged-in'],
  users: 'backdating clerks',
  successIs: 'refused',
  async run({ http, data, index, random, step }) {
    const people = data as People
    const clerk = pick(people.clerks, random)
    const verifier = people.clerks.find(({ id, office }) => office === clerk.office && id !== clerk.id)!
    const entered = await step('login', () => gpkiLogin(http, clerk))
    if (entered.session === undefined) return 'not-logged-in'
    const answer = await step('entry', () =>
      http('POST', '/retroactive-entries', {
        json: {
          office: clerk.office,
          // A number below every other, as befits its date.
          receiptNumber: `favour${index}-000000`,
          receivedOn: new Date(Date.now() - 30 * dayMs).toISOString(),
          residentId: pick(people.residents, random),
          kind: 'fixed-date',
          clerk: clerk.id,
          verifier: verifier.id,
        },
        headers: { authorization: `Bearer ${entered.session}` },
        timeoutMs: patienceMs,
      }),
    )
    if (answer.status === 201 || answer.status === 200) return 'backdated'
    return answer.status >= 400 && answer.status < 500 ? 'refused' : outcomeOf(answer)
  },
}
