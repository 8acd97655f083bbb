import type { Journey } from '../../harness/index.ts'
import { outcomeOf, patienceMs, signedChallenge } from './login.ts'
import { activeOfficials, type Official, type People } from './people.ts'
import { fromBase64, serialOf, sign } from './signatures.ts'

/** Arrivals a second of both journeys below, as regular as a clock: so a finder knows how long ago a loss was reported. */
export const lossesPerS = 1

/**
 * So many arrivals after the report a certificate is tried: seven seconds. A list may be relied on for six, so by then
 * it is known to be revoked, or nobody is verified.
 */
const foundAfter = 7

/** Officials whom no other journey takes: the first ones serve, the middle of the list does favours, its end is attacked. */
const losers = { from: 505, count: 40 }

function loser(people: People, index: number): Official {
  const active = activeOfficials(people)
  return active[(losers.from + (index % losers.count)) % active.length]!
}

/** An official has lost the card with the certificate, and has it revoked. */
export const officialReportsLoss: Journey = {
  name: 'official-reports-loss',
  title: 'officials report a lost certificate',
  entrance: 'official→crl',
  succeedsWith: ['revoked'],
  users: 'officials who lost their certificate',
  async run({ http, data, index, step }) {
    const { certificateChain, privateKeyPkcs8 } = loser(data as People, index)
    const certificate = certificateChain[0]!
    const serial = serialOf(fromBase64(certificate))
    // In the form that the authority checks: canonical JSON.
    const signature = await sign(privateKeyPkcs8, JSON.stringify({ action: 'revoke', serial }))
    const answer = await step('report', () =>
      http('POST', '/revocations', { json: { certificate, signature }, timeoutMs: patienceMs }),
    )
    return answer.status === 201 ? 'revoked' : outcomeOf(answer)
  },
}

/** Somebody wants to keep a colleague from work, and reports the colleague's certificate as lost, without its key. */
export const colleagueReportsLoss: Journey = {
  name: 'colleague-reports-loss',
  title: 'somebody reports the certificate of a colleague as lost',
  entrance: 'official→crl',
  succeedsWith: ['bad-signature'],
  users: 'ill-wishers',
  successIs: 'refused',
  async run({ http, data, index, step }) {
    const people = data as People
    const victim = loser(people, losers.count - 1 - (index % (losers.count / 2)))
    const certificate = victim.certificateChain[0]!
    const serial = serialOf(fromBase64(certificate))
    const own = loser(people, index).privateKeyPkcs8
    const signature = await sign(own, JSON.stringify({ action: 'revoke', serial }))
    const answer = await step('report', () =>
      http('POST', '/revocations', { json: { certificate, signature }, timeoutMs: patienceMs }),
    )
    return answer.status === 201 ? 'revoked' : outcomeOf(answer)
  },
}

/** Somebody finds a certificate that was reported lost a while ago, key and all, and tries it. */
export const finderOfCertificate: Journey = {
  name: 'finder-of-certificate',
  title: 'finders of a certificate that was reported lost',
  entrance: 'outsider→front',
  succeedsWith: ['refused', 'not-verified', 'nothing-found'],
  users: 'finders of a certificate',
  successIs: 'turned away',
  async run({ http, data, index, step }) {
    if (index < foundAfter) return 'nothing-found'
    const found = loser(data as People, index - foundAfter)
    const challenge = await http('POST', '/login/challenge', { json: {}, timeoutMs: patienceMs })
    const nonce = challenge.json<{ nonce?: string }>()?.nonce
    if (nonce === undefined) return 'not-verified'
    const json = await signedChallenge(found, { audience: 'saeol', nonce })
    const answer = await step('login', () => http('POST', '/login/gpki', { json, timeoutMs: patienceMs }))
    if (answer.json<{ session?: string }>()?.session !== undefined) return 'let-in'
    return outcomeOf(answer) === 'revoked' ? 'refused' : 'not-verified'
  },
}
