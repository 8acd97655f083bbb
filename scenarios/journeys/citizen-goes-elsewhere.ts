import type { Http, Journey } from '../../harness/index.ts'
import { visitCounter } from './counter.ts'
import { anothersDocument, type Document, isAbout, isWhatWasAsked } from './documents.ts'
import { outcomeOf, patienceMs } from './login.ts'
import type { Citizen, People } from './people.ts'
import { approvedLogin, askForChallenge, certificateService, lookUpService } from './portal.ts'

/** The sites that the portal names, and where citizens come in; each is the audience of what is approved for it. */
const sites: Readonly<Record<string, string>> = {
  kiosk: 'citizen→kiosk',
  'call-centre': 'citizen→call-centre',
}
const counter = 'official→community-centre'

interface Entry {
  readonly state?: string
  readonly alternative?: { readonly channel?: string }
}

/** How often somebody who stood before a closed door looks at the portal again. */
const attempts = 2

/**
 * S0: a citizen whose service Government24 cannot serve as it should goes where the portal says, and is served there: at
 * a kiosk, by the call centre 110, or at a counter.
 */
export const citizenGoesElsewhere: Journey = {
  name: 'citizen-goes-elsewhere',
  title: 'citizens go where Government24 sends them, and are served there',
  entrance: 'citizen→gov24',
  goesOnTo: [...Object.values(sites), counter],
  succeedsWith: ['portal-is-up', 'served-elsewhere', 'receipt'],
  users: 'diverted citizens',
  // † ours: as long as on the portal, three scaled minutes.
  servedWithinMs: 3000,
  async run({ http, at, data, index, random, step, pause }) {
    const { citizens } = data as People
    const citizen = citizens[(3 * index) % citizens.length]!
    // Every other one wants to look something up.
    const serviceId = index % 2 === 0 ? certificateService(random) : lookUpService(random)
    let outcome = 'never-tried'
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (attempt > 0) await pause(200 + 200 * random())
      const looked = await step('look', () =>
        http('GET', `/services/${serviceId}`, { timeoutMs: patienceMs }),
      )
      if (looked.status !== 200) {
        outcome = `page-${outcomeOf(looked)}`
        continue
      }
      const { state, alternative } = looked.json<Entry>() ?? {}
      if (state === 'up') return 'portal-is-up'
      if (alternative === undefined) return 'told-of-nothing'
      const channel = alternative.channel ?? 'nowhere'
      const site = sites[channel]
      outcome = await step(channel, () =>
        site === undefined
          ? counterVisit(at(counter), citizen, `elsewhere-${index}-${Math.floor(random() * 1e9)}`)
          : documentAt(at(site), channel, citizen, serviceId),
      )
      if (!outcome.startsWith('turned-away')) return outcome
    }
    return outcome
  },
}

async function documentAt(
  site: Http,
  audience: string,
  citizen: Citizen,
  serviceId: string,
): Promise<string> {
  const nonce = await askForChallenge(site, '/challenge')
  if (nonce === undefined) return 'turned-away: no-challenge'
  const login = await approvedLogin(citizen, nonce, audience)
  const { residentId } = citizen
  const json = { ...login, serviceId, about: residentId }
  const answer = await site('POST', '/documents', { json, timeoutMs: patienceMs })
  if (answer.status !== 201) return `turned-away: ${outcomeOf(answer)}`
  return isAbout(answer.json<Document>(), residentId) ? 'served-elsewhere' : anothersDocument
}

/** With the same wish at a counter, which takes it down by hand if need be. */
async function counterVisit(counter: Http, { residentId }: Citizen, key: string): Promise<string> {
  const asked = { residentId, kind: 'resident-registration' }
  const { answer, given } = await visitCounter(counter, asked, key)
  if (given === undefined) return `turned-away: ${outcomeOf(answer)}`
  const { certificate, receipt } = given
  if (!isWhatWasAsked(certificate ?? receipt, asked)) return anothersDocument
  return receipt === undefined ? 'served-elsewhere' : 'receipt'
}
