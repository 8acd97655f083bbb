import type { Journey } from '../../harness/index.ts'
import { addressOf, login, outcomeOf, patienceMs } from './login.ts'
import { activeOfficial, kindOfCase, type People, pick } from './people.ts'

/** Attempts before an official gives up on a visitor. † ours: reload, reload once more, give up. */
const attempts = 3

/** S0, S1: an official logs in to Saeol and issues a certificate. Whoever is not served tries again: that is the load of an outage. */
export const officialIssuesCertificate: Journey = {
  name: 'official-issues-certificate',
  title: 'officials log in and issue a certificate',
  entrance: 'official→saeol',
  succeedsWith: ['issued'],
  async run({ http, data, index, random, step, pause }) {
    const people = data as People
    const official = activeOfficial(people, index)
    const residentId = pick(people.residents, random)
    const key = `official-${index}-${Math.floor(random() * 1e9)}`
    let outcome = 'never-tried'
    let session: string | undefined
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (attempt > 0) await pause(100 + 200 * random())
      if (session === undefined) {
        const entered = await step('login', () => login(http, official, addressOf(index)))
        if (entered.session === undefined) {
          outcome = `login-${entered.why}`
          continue
        }
        session = entered.session
      }
      const answer = await step('certificate', () =>
        http('POST', '/certificates', {
          json: { kind: kindOfCase(random), residentId },
          headers: { authorization: `Bearer ${session}`, 'idempotency-key': key },
          timeoutMs: patienceMs,
        }),
      )
      if (answer.status === 201 || answer.status === 200) return 'issued'
      outcome = `certificate-${outcomeOf(answer)}`
      if (answer.status === 401) session = undefined
    }
    return outcome
  },
}
