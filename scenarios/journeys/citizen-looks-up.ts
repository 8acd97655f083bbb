import type { Journey } from '../../harness/index.ts'
import { anothersDocument, type Document, isAbout } from './documents.ts'
import { outcomeOf } from './login.ts'
import type { People } from './people.ts'
import { applyOnPortal, lookUpService, portalLogin } from './portal.ts'

/** A citizen looks up the own entry by one of the portal's 81 services that need the register, and never Saeol (F7). */
export const citizenLooksUp: Journey = {
  name: 'citizen-looks-up',
  title: 'citizens look up their own entry on Government24',
  entrance: 'citizen→gov24',
  succeedsWith: ['shown'],
  users: 'enquirers',
  successIs: 'shown it',
  async run({ http, data, index, random, step }) {
    const { citizens } = data as People
    const citizen = citizens[citizens.length - 1 - (index % citizens.length)]!
    const asked = { serviceId: lookUpService(random), residentId: citizen.residentId }
    const entered = await step('login', () => portalLogin(http, citizen))
    if (entered.session === undefined) return `login-${entered.why}`
    const key = `look-up-${index}-${Math.floor(random() * 1e9)}`
    const answer = await step('look-up', () => applyOnPortal(http, entered.session, asked, key))
    if (answer.status !== 201) return `look-up-${outcomeOf(answer)}`
    return isAbout(answer.json<Document>(), citizen.residentId) ? 'shown' : anothersDocument
  },
}
