import type { Http, HttpAnswer, Journey } from '../../harness/index.ts'
import { refusedOrOverlooked, undetected } from './locks.ts'
import { patienceMs } from './login.ts'
import type { Citizen, People } from './people.ts'
import { approvedLogin, askForChallenge, certificateService } from './portal.ts'

interface Situation {
  readonly http: Http
  /** Who asks. */
  readonly citizen: Citizen
  /** About whom. */
  readonly neighbour: Citizen
  readonly nonce: string
}

interface Way {
  /** The kiosk's or the provider's word for what is wrong, so that each lock is seen by itself. */
  readonly lock: string
  /** @returns the answer that would give it away */
  readonly attempt: (at: Situation) => Promise<HttpAnswer>
}

/** Ways to the entry of a neighbour at a kiosk, right in all but one thing. */
const ways: Readonly<Record<string, Way>> = {
  'about-another': {
    lock: 'not-about-you',
    attempt: async (at) => ask(at, await approvedLogin(at.citizen, at.nonce, 'kiosk')),
  },
  'own-phone': {
    lock: 'not-approved',
    attempt: async (at) =>
      ask(at, await approvedLogin({ ...at.neighbour, secret: at.citizen.secret }, at.nonce, 'kiosk')),
  },
  /** What the neighbour approved for the portal. */
  'other-audience': {
    lock: 'wrong-audience',
    attempt: async (at) => ask(at, await approvedLogin(at.neighbour, at.nonce, 'gov24')),
  },
  /** What the neighbour's phone approved is sent once more. */
  'replayed-approval': {
    lock: 'unknown-challenge',
    async attempt(at) {
      const login = await approvedLogin(at.neighbour, at.nonce, 'kiosk')
      await ask(at, login)
      return ask(at, login)
    },
  },
}

/** Every way, by name. */
export const kioskAttacks = Object.keys(ways)

/** What must never come of one. */
export const kioskAttacksDone = undetected(kioskAttacks, 'given-by')

/** The kiosk's words for "I could not", which say nothing about a lock. */
const unable = /^(downstream-|simple-auth-|resident-|queue-full|deadline-exceeded)/

/** Somebody who wants to see the register's entry of a neighbour, at a kiosk: each way in turn. Must be refused. */
export const attackerAtKiosk: Journey = {
  name: 'attacker-at-kiosk',
  title: 'somebody asks a kiosk for the document of a neighbour',
  entrance: 'citizen→kiosk',
  succeedsWith: [...kioskAttacks.map((name) => `refused-${name}`), 'no-answer'],
  users: 'curious citizens at a kiosk',
  successIs: 'refused',
  async run({ http, data, index, step }) {
    const { citizens } = data as People
    const at = (back: number): Citizen => citizens[citizens.length - 1 - (back % citizens.length)]!
    const name = kioskAttacks[index % kioskAttacks.length]!
    const { lock, attempt } = ways[name]!
    const nonce = await askForChallenge(http, '/challenge')
    if (nonce === undefined) return 'no-answer'
    const answer = await step(name, () =>
      attempt({ http, citizen: at(2 * index), neighbour: at(2 * index + 1), nonce }),
    )
    if (answer.status !== 0 && answer.status < 300) return `given-by-${name}`
    return refusedOrOverlooked(answer, { name, lock, unable })
  },
}

/** Asks for the neighbour's certificate. */
function ask({ http, neighbour }: Situation, login: object): Promise<HttpAnswer> {
  const json = { ...login, about: neighbour.residentId, serviceId: certificateService(() => 0) }
  return http('POST', '/documents', { json, timeoutMs: patienceMs })
}
