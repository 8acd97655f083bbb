import type { Http, HttpAnswer, Journey, Visit } from '../../harness/index.ts'
import { refusedOrOverlooked, undetected } from './locks.ts'
import { patienceMs } from './login.ts'
import type { Citizen, People } from './people.ts'
import {
  applyOnPortal,
  approvedLogin,
  certificateService,
  portalChallenge,
  portalLogin,
  sessionOf,
} from './portal.ts'

interface Situation {
  readonly http: Http
  /** Who asks. */
  readonly citizen: Citizen
  /** About whom. */
  readonly neighbour: Citizen
  readonly serviceId: string
  readonly key: string
}

interface Way {
  /** The portal's or the provider's word for what is wrong, so that each lock is seen by itself. */
  readonly lock: string
  /** @returns the answer that would give it away; undefined when it did not come to that */
  readonly attempt: (at: Situation) => Promise<HttpAnswer | undefined>
}

/** Ways to the entry of a neighbour, right in all but one thing. */
const ways: Readonly<Record<string, Way>> = {
  'own-session': {
    lock: 'not-about-you',
    async attempt({ http, citizen, neighbour, serviceId, key }) {
      const { session } = await portalLogin(http, citizen)
      const { residentId } = neighbour
      return session === undefined ? undefined : applyOnPortal(http, session, { serviceId, residentId }, key)
    },
  },
  'no-session': {
    lock: 'no-session',
    attempt: ({ http, neighbour, serviceId, key }) =>
      applyOnPortal(http, undefined, { serviceId, residentId: neighbour.residentId }, key),
  },
  'own-phone': {
    lock: 'not-approved',
    attempt: ({ http, citizen, neighbour }) =>
      logIn(http, (nonce) => approvedLogin({ ...neighbour, secret: citizen.secret }, nonce)),
  },
  /** The neighbour approved a login to a portal of thieves, which passed the challenge on. */
  'other-audience': {
    lock: 'wrong-audience',
    attempt: ({ http, neighbour }) =>
      logIn(http, (nonce) => approvedLogin(neighbour, nonce, 'a-portal-of-thieves')),
  },
  /** What the neighbour's phone approved is sent once more. */
  'replayed-approval': {
    lock: 'unknown-challenge',
    async attempt({ http, neighbour }) {
      const nonce = await portalChallenge(http)
      if (nonce === undefined) return undefined
      const json = await approvedLogin(neighbour, nonce)
      const own = await http('POST', '/login', { json, timeoutMs: patienceMs })
      if (sessionOf(own) === undefined) return undefined
      return http('POST', '/login', { json, timeoutMs: patienceMs })
    },
  },
}

/** Every way, by name. */
export const waysToAnothers = Object.keys(ways)

/** What must never come of one: it was given away, or the lock that it was meant for did not see it. */
export const anothersGiven = undetected(waysToAnothers, 'given-by')

/** The portal's words for "I could not", which say nothing about a lock. */
const unable = /^(downstream-|simple-auth-|saeol-|resident-|queue-full|shed|deadline-exceeded)/

/** A citizen who wants to see the register's entry of a neighbour: each way in turn. Must be refused. */
export const citizenAsksForAnothers: Journey = {
  name: 'citizen-asks-for-anothers',
  title: 'a citizen asks for the document of a neighbour',
  entrance: 'citizen→gov24',
  succeedsWith: [...waysToAnothers.map((name) => `refused-${name}`), 'no-answer'],
  users: 'curious citizens',
  successIs: 'refused',
  async run(visit) {
    const name = waysToAnothers[visit.index % waysToAnothers.length]!
    const { attempt, lock } = ways[name]!
    const answer = await visit.step(name, () => attempt(situationOf(visit)))
    if (answer === undefined || answer.status === 0) return 'no-answer'
    if (answer.status < 300) return `given-by-${name}`
    return refusedOrOverlooked(answer, { name, lock, unable })
  },
}

/** The last citizens of the list: the first ones use the portal. */
function situationOf({ http, data, index, random }: Visit): Situation {
  const { citizens } = data as People
  const at = (back: number): Citizen => citizens[citizens.length - 1 - (back % citizens.length)]!
  return {
    http,
    citizen: at(2 * index),
    neighbour: at(2 * index + 1),
    serviceId: certificateService(random),
    key: `curious-${index}`,
  }
}

async function logIn(
  http: Http,
  bodyOf: (nonce: string) => Promise<object>,
): Promise<HttpAnswer | undefined> {
  const nonce = await portalChallenge(http)
  if (nonce === undefined) return undefined
  return http('POST', '/login', { json: await bodyOf(nonce), timeoutMs: patienceMs })
}
