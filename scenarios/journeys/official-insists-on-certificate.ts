import type { Journey } from '../../harness/index.ts'
import { gpkiLogin } from './login.ts'
import { activeOfficial, type People } from './people.ts'

/** Saeol's own words for "I could not": an official who reads one knows what to do next. */
const honest = [
  'downstream-timeout',
  'downstream-unreachable',
  'downstream-circuit-open',
  'use-password-login',
  'gpki-failed',
]

/** An honest error comes within this, in ms. † ours: half of the 3 s that F1 asks for, so that one more try fits in. */
const toldWithinMs = 1500

/** T13: an official whose login spins. Whoever insists on the certificate is let in, or is told in time that it cannot be. */
export const officialInsistsOnCertificate: Journey = {
  name: 'official-insists-on-certificate',
  title: 'officials who insist on the certificate are let in or told in time',
  entrance: 'official→front',
  succeedsWith: ['logged-in', 'told'],
  users: 'insistent officials',
  async run({ http, data, index, step }) {
    const from = Date.now()
    const entered = await step('login', () => gpkiLogin(http, activeOfficial(data as People, index)))
    if (entered.session !== undefined) return 'logged-in'
    if (!honest.includes(entered.why)) return entered.why
    return Date.now() - from <= toldWithinMs ? 'told' : 'told-late'
  },
}
