import type { Http, HttpAnswer, Journey } from '../../harness/index.ts'
import { outcomeOf, patienceMs } from './login.ts'
import type { Citizen, People } from './people.ts'
import { approvedLogin, askForChallenge, certificateService } from './portal.ts'

interface Way {
  /** The kiosk's or the provider's word for what is wrong. */
  readonly lock: string
  /** @returns the body; undefined when it did not come to that */
  readonly bodyOf: (http: Http, citizen: Citizen, neighbour: Citizen, nonce: string) => Promise<object>
}

const asWell = (login: object, { residentId }: Citizen): object => ({ ...login, about: residentId })

/** Ways to the entry of a neighbour at a kiosk, right in all but one thing. */
const ways: Readonly<Record<string, Way>> = {
  'about-another': {
    lock: 'not-about-you',
    bodyOf: async (_, citizen, neighbour, nonce) =>
      asWell(await approvedLogin(citizen, nonce, 'kiosk'), neighbour),
  },
  'own-phone': {
    lock: 'not-approved',
    bodyOf: async (_, { secret }, neighbour, nonce) =>
      asWell(await approvedLogin({ ...neighbour, secret }, nonce, 'kiosk'), neighbour),
  },
  /** What the neighbour approved for the portal. */
  'other-audience': {
    lock: 'wrong-audience',
    bodyOf: async (_, __, neighbour, nonce) =>
      asWell(await approvedLogin(neighbour, nonce, 'gov24'), neighbour),
  },
  /** What the neighbour's phone approved is sent once more. */
  'replayed-approval': {
    lock: 'unknown-challenge',
    async bodyOf(http, _, neighbour, nonce) {
      const body = asWell(await approvedLogin(neighbour, nonce, 'kiosk'), neighbour)
      await send(
        http,
        body,
        certificateService(() => 0),
      )
      return body
    },
  },
}

const names = Object.keys(ways)

/** Each must be refused this often for what is wrong with it. */
export const kioskAttacks: readonly string[] = names
/** What must never come of one: it was given away, or the lock that it was meant for did not see it. */
export const kioskAttacksDone = names.flatMap((name) => [`given-by-${name}`, `overlooked-${name}`])

/** The kiosk's words for "I could not", which say nothing about a lock. */
const unable = /^(downstream-|simple-auth-|resident-|queue-full|deadline-exceeded)/

export const attackerAtKiosk: Journey = {
  name: 'attacker-at-kiosk',
  title: 'somebody asks a kiosk for the document of a neighbour',
  entrance: 'citizen→kiosk',
  succeedsWith: [...names.map((name) => `refused-${name}`), 'no-answer'],
  users: 'curious citizens at a kiosk',
  successIs: 'refused',
  async run({ http, data, index, step }) {
    const { citizens } = data as People
    const at = (back: number): Citizen => citizens[citizens.length - 1 - (back % citizens.length)]!
    const name = names[index % names.length]!
    const { lock, bodyOf } = ways[name]!
    const nonce = await askForChallenge(http, '/challenge')
    if (nonce === undefined) return 'no-answer'
    const answer = await step(name, async () =>
      send(
        http,
        await bodyOf(http, at(2 * index), at(2 * index + 1), nonce),
        certificateService(() => 0),
      ),
    )
    if (answer.status === 0) return 'no-answer'
    if (answer.status < 300) return `given-by-${name}`
    const why = outcomeOf(answer)
    if (unable.test(why)) return 'no-answer'
    return why === lock ? `refused-${name}` : `overlooked-${name}`
  },
}

function send(http: Http, body: object, serviceId: string): Promise<HttpAnswer> {
  return http('POST', '/documents', { json: { ...body, serviceId }, timeoutMs: patienceMs })
}
