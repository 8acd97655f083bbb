import type { Journey } from '../../harness/index.ts'
import { anothersDocument, type Document, isAbout } from './documents.ts'
import { outcomeOf, patienceMs } from './login.ts'
import type { People } from './people.ts'
import { applyOnPortal, certificateService, portalLogin } from './portal.ts'

/**
 * T4: a citizen looks a service up on Government24, logs in with a phone and has a certificate issued about nobody
 * else. Whoever is not served tries once more.
 */
export const citizenUsesGov24: Journey = {
  name: 'citizen-uses-gov24',
  title: 'citizens get their document on Government24',
  entrance: 'citizen→gov24',
  succeedsWith: ['issued'],
  users: 'citizens',
  // † ours: as long as an official's visitor waits, three scaled minutes.
  servedWithinMs: 3000,
  async run({ http, data, index, random, step, pause }) {
    const { citizens } = data as People
    const citizen = citizens[index % citizens.length]!
    const asked = { serviceId: certificateService(random), residentId: citizen.residentId }
    const key = `citizen-${index}-${Math.floor(random() * 1e9)}`
    let outcome = 'never-tried'
    let session: string | undefined
    for (let attempt = 0; attempt < 2; attempt++) {
      if (attempt > 0) await pause(100 + 200 * random())
      if (session === undefined) {
        const looked = await step('look-up', () =>
          http('GET', `/services/${asked.serviceId}`, { timeoutMs: patienceMs }),
        )
        if (looked.status !== 200) {
          outcome = `look-up-${outcomeOf(looked)}`
          continue
        }
        const entered = await step('login', () => portalLogin(http, citizen))
        if (entered.session === undefined) {
          outcome = `login-${entered.why}`
          continue
        }
        session = entered.session
      }
      const answer = await step('application', () => applyOnPortal(http, session, asked, key))
      if (answer.status === 201 || answer.status === 200) {
        const given = answer.json<Document>()
        return isAbout(given, citizen.residentId)
          ? { outcome: 'issued', took: `${given?.number}` }
          : anothersDocument
      }
      outcome = `application-${outcomeOf(answer)}`
    }
    return outcome
  },
}
