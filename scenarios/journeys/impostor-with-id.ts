import type { Http, HttpAnswer, Journey } from '../../harness/index.ts'
import { refusedOrOverlooked, undetected } from './locks.ts'
import { patienceMs } from './login.ts'
import { approvedForIssuer, newPhone, showId, verifier } from './mobile-ids.ts'
import type { Citizen, Holder, People } from './people.ts'
import { sign } from './signatures.ts'

interface Situation {
  readonly issuer: Http
  readonly verifier: Http
  readonly citizen: Citizen
  readonly neighbour: Citizen
  readonly holder: Holder
  readonly otherHolder: Holder
}

interface Way {
  /** The word of the issuer or the verifier for what is wrong, so that each lock is seen by itself. */
  readonly lock: string
  /** @returns the answer that would give it away; undefined where there was none */
  readonly attempt: (at: Situation) => Promise<HttpAnswer | undefined>
}

/** Ways to pass for somebody else, right in all but one thing. */
const ways: Readonly<Record<string, Way>> = {
  'about-another': {
    lock: 'not-about-you',
    async attempt({ issuer, citizen, neighbour }) {
      const login = await approvedForIssuer(issuer, citizen)
      if (login === undefined) return undefined
      const { holderKeySpki } = await newPhone()
      const json = { ...login, about: neighbour.residentId, holderKeySpki }
      return issuer('POST', '/ids', { json, timeoutMs: patienceMs })
    },
  },
  /** The ID that one has, made longer than the issuer made it. */
  altered: {
    lock: 'not-by-the-issuer',
    attempt: ({ verifier: at, holder }) =>
      showId(at, { ...holder.id, expiresAt: '2050-01-01T00:00:00.000Z' }, holder),
  },
  /** One that the impostor signed. */
  'self-made': {
    lock: 'not-by-the-issuer',
    async attempt({ verifier: at, holder }) {
      const { signature: _, ...said } = holder.id
      const { expiresAt, holderKeySpki, issuedAt, number, residentId, temporary } = said
      // In the form that the verifier checks: canonical JSON, keys in their order.
      const text = JSON.stringify({
        action: 'issue-mobile-id',
        expiresAt,
        holderKeySpki,
        issuedAt,
        number,
        residentId,
        temporary,
      })
      return showId(at, { ...said, signature: await sign(holder.privateKeyPkcs8, text) }, holder)
    },
  },
  /** The one before. */
  expired: {
    lock: 'expired',
    attempt: ({ verifier: at, holder }) => showId(at, holder.expired, holder),
  },
  /** A copy of another's, on one's own phone. */
  copied: {
    lock: 'not-the-holder',
    attempt: ({ verifier: at, holder, otherHolder }) => showId(at, otherHolder.id, holder),
  },
}

/** Every way, by name. */
export const impostures = Object.keys(ways)

/** What must never come of one. */
export const imposturesDone = undetected(impostures, 'passed-by')

/** Words for "I could not", which say nothing about a lock. */
const unable = /^(downstream-|simple-auth-|resident-|storage-|queue-full|deadline-exceeded)/

/** Somebody wants to pass for another: each way in turn. Must be refused. */
export const impostorWithId: Journey = {
  name: 'impostor-with-id',
  title: 'somebody wants to pass for another with a mobile ID',
  entrance: 'citizen→mobile-id',
  goesOnTo: [verifier],
  succeedsWith: [...impostures.map((name) => `refused-${name}`), 'no-answer'],
  users: 'impostors',
  successIs: 'refused',
  async run({ http, at, data, index, step }) {
    const { citizens, holders } = data as People
    // From the end: applicants come from the beginning.
    const back = (from: number): Citizen => citizens[citizens.length - 1 - (from % citizens.length)]!
    const name = impostures[index % impostures.length]!
    const { lock, attempt } = ways[name]!
    const answer = await step(name, () =>
      attempt({
        issuer: http,
        verifier: at(verifier),
        citizen: back(2 * index),
        neighbour: back(2 * index + 1),
        holder: holders[(2 * index) % holders.length]!,
        otherHolder: holders[(2 * index + 1) % holders.length]!,
      }),
    )
    if (answer === undefined) return 'no-answer'
    if (answer.status !== 0 && answer.status < 300) return `passed-by-${name}`
    return refusedOrOverlooked(answer, { name, lock, unable })
  },
}
