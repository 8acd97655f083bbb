import type { HttpAnswer, Journey } from '../../harness/index.ts'
import { anothersDocument, type Document, isWhatWasAsked } from './documents.ts'
import { login, outcomeOf, patienceMs } from './login.ts'
import { activeOfficial, kindOfCase, type People, pick } from './people.ts'

/** Attempts before an official gives up on a visitor. † ours: reload, reload once more, give up. */
const attempts = 3

/** Share of officials who click twice. † ours: enough that issuing once is put to the test in every arm. */
const doubleClicks = 0.1

/** Share of officials who use a visitor's key for the next one by mistake. † ours. */
const sentForTheNext = 0.05

/** S0, S1: an official logs in to Saeol and issues a certificate. Whoever is not served tries again: that is the load of an outage. */
export const officialIssuesCertificate: Journey = {
  name: 'official-issues-certificate',
  title: 'officials log in and issue a certificate',
  entrance: 'official→front',
  succeedsWith: ['issued'],
  users: 'officials',
  // † ours: the visitor before them waits three scaled minutes.
  servedWithinMs: 3000,
  async run({ http, data, index, random, step, pause }) {
    const people = data as People
    const official = activeOfficial(people, index)
    const residentId = pick(people.residents, random)
    const kind = kindOfCase(random)
    const clicksTwice = random() < doubleClicks
    const key = `official-${index}-${Math.floor(random() * 1e9)}`
    let outcome = 'never-tried'
    let session: string | undefined
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (attempt > 0) await pause(100 + 200 * random())
      if (session === undefined) {
        const entered = await step('login', () => login(http, official))
        if (entered.session === undefined) {
          outcome = `login-${entered.why}`
          continue
        }
        session = entered.session
      }
      const issue = (of: string = residentId): Promise<HttpAnswer> =>
        http('POST', '/certificates', {
          json: { kind, residentId: of },
          headers: { authorization: `Bearer ${session}`, 'idempotency-key': key },
          timeoutMs: patienceMs,
        })
      const answer = await step('certificate', async () => {
        const [first] = await Promise.all(attempt === 0 && clicksTwice ? [issue(), issue()] : [issue()])
        return first
      })
      if (isGiven(answer)) {
        const issued = answer.json<Document>()
        if (!isWhatWasAsked(issued, { residentId, kind })) return anothersDocument
        // A page that was sent again for the next visitor: the number of the last one must not answer for this one.
        const next = people.residents.find((id) => id !== residentId)!
        if (random() < sentForTheNext && isGiven(await issue(next))) return anothersDocument
        return { outcome: 'issued', took: `${issued!.number}` }
      }
      outcome = `certificate-${outcomeOf(answer)}`
      if (answer.status === 401) session = undefined
    }
    return outcome
  },
}

/** No answer at all, status 0, gives nobody anything. */
function isGiven({ status }: HttpAnswer): boolean {
  return status === 200 || status === 201
}
