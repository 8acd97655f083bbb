import type { Journey } from '../../harness/index.ts'
import { outcomeOf, patienceMs } from './login.ts'
import { servicesInAll } from './portal.ts'

interface Page {
  readonly services?: readonly {
    readonly state?: string
    readonly alternative?: { readonly channel?: string }
  }[]
}

const states = ['up', 'degraded', 'down']

/**
 * A citizen opens the portal's whole catalogue: each of the 1,327 entries says how it is, and what works instead where
 * it is not up (F7).
 */
export const citizenReadsCatalogue: Journey = {
  name: 'citizen-reads-catalogue',
  title: 'citizens read how each service of Government24 is, and what works instead',
  entrance: 'citizen→gov24',
  succeedsWith: ['told'],
  users: 'readers',
  successIs: 'told',
  async run({ http }) {
    const answer = await http('GET', '/services', { timeoutMs: patienceMs })
    if (answer.status !== 200) return outcomeOf(answer)
    const { services = [] } = answer.json<Page>() ?? {}
    const told = services.filter(
      ({ state, alternative }) =>
        state === 'up' || (states.includes(state ?? '') && alternative?.channel !== undefined),
    )
    return told.length === servicesInAll ? 'told' : 'told-of-some'
  },
}
