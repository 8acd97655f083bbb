import type { Journey } from '../../harness/index.ts'
import { outcomeOf, patienceMs } from './login.ts'
import { type People, pick } from './people.ts'

/** T4: a citizen looks a service up on Government24 and applies for it. */
export const citizenUsesGov24: Journey = {
  name: 'citizen-uses-gov24',
  title: 'citizens apply on Government24',
  entrance: 'citizen→gov24',
  succeedsWith: ['accepted'],
  users: 'citizens',
  async run({ http, data, index, random, step }) {
    const people = data as People
    // The first 887 of the catalogue's 1,327 services issue certificates.
    const serviceId = `service-${String(1 + Math.floor(random() * 887)).padStart(4, '0')}`
    const looked = await step('look-up', () =>
      http('GET', `/services/${serviceId}`, { timeoutMs: patienceMs }),
    )
    if (looked.status !== 200) return `look-up-${outcomeOf(looked)}`
    const answer = await step('application', () =>
      http('POST', '/applications', {
        json: { serviceId, residentId: pick(people.residents, random) },
        headers: { 'idempotency-key': `citizen-${index}-${Math.floor(random() * 1e9)}` },
        timeoutMs: patienceMs,
      }),
    )
    return answer.status === 201 || answer.status === 200 ? 'accepted' : `application-${outcomeOf(answer)}`
  },
}
