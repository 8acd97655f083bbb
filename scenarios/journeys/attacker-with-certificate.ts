import type { HttpAnswer, Journey, Visit } from '../../harness/index.ts'
import { refusedOrOverlooked, undetected } from './locks.ts'
import { patienceMs, signedChallenge } from './login.ts'
import { activeOfficials, type Official, type People, pick } from './people.ts'

type Held = Pick<Official, 'certificateChain' | 'privateKeyPkcs8'>

interface Attack {
  /** Saeol's or GPKI's word for what is wrong, so that each lock is seen by itself. */
  readonly lock: string
  readonly held: (visit: Visit, people: People) => Held
  /** Whom the signature is for. */
  readonly audience?: string
  /** Signed in place of the challenge that Saeol gives. */
  readonly nonce?: (visit: Visit, people: People) => string
  /** Shows the same signed challenge once more, after it has served its holder. */
  readonly replayed?: boolean
}

/** Ways to log in with a certificate, right in all but one thing. */
const attacks: Readonly<Record<string, Attack>> = {
  'stolen-certificate': {
    lock: 'bad-signature',
    held: ({ random }, people) => ({
      certificateChain: victim(people, random).certificateChain,
      privateKeyPkcs8: thief(people).privateKeyPkcs8,
    }),
  },
  'replayed-nonce': { lock: 'unknown-challenge', held: (_, people) => thief(people), replayed: true },
  /** Nobody at Saeol made it: without a seal whoever holds a key signs what he likes, when he likes. */
  'made-up-challenge': {
    lock: 'unknown-challenge',
    held: (_, people) => thief(people),
    nonce: ({ random }) => `${Date.now() + 60_000}.${letters(random)}.${letters(random)}`,
  },
  'old-challenge': {
    lock: 'unknown-challenge',
    held: (_, people) => thief(people),
    nonce: (_, people) => people.oldChallenge,
  },
  /** A portal of thieves passes Saeol's challenge on to an official, who signs it to log in to that portal. */
  'other-audience': {
    lock: 'wrong-audience',
    held: ({ random }, people) => victim(people, random),
    audience: 'a-portal-of-thieves',
  },
  'encryption-certificate': { lock: 'wrong-usage', held: stranger('encryption') },
  "machine's-certificate": { lock: 'wrong-policy', held: stranger('machine') },
  'expired-certificate': { lock: 'expired', held: stranger('expired') },
  'certificate-of-tomorrow': { lock: 'not-yet-valid', held: stranger('not-yet-valid') },
  'revoked-certificate': { lock: 'revoked', held: withStatus('revoked') },
  'foreign-issuer': { lock: 'unknown-issuer', held: stranger('foreign-issuer') },
  /** Below the right root, and on nobody's list. */
  'retired-authority': { lock: 'unknown-issuer', held: stranger('retired-authority') },
  'disabled-official': { lock: 'not-an-official', held: withStatus('disabled') },
  'unknown-official': { lock: 'not-an-official', held: stranger('unknown-official') },
}

/** Every attack, by name. */
export const certificateAttacks = Object.keys(attacks)

/** What must never come of one: somebody was let in, or the lock that it was meant for did not see it. */
export const certificateAttacksDone = undetected(certificateAttacks, 'let-in')

/** Saeol's words for "I could not ask GPKI", which say nothing about a certificate. */
const notAsked = /^(downstream-|gpki-failed|use-password-login|queue-full|shed|deadline-exceeded|audit-)/

/** Whoever holds a certificate that must not open anything: each attack in turn, from the first arrival on. */
export const attackerWithCertificate: Journey = {
  name: 'attacker-with-certificate',
  title: 'attackers with a certificate that must open nothing',
  entrance: 'outsider→front',
  // Where GPKI does not answer, nobody is verified, and nothing is shown.
  succeedsWith: [...certificateAttacks.map((name) => `refused-${name}`), 'not-verified'],
  users: 'attackers with a certificate',
  successIs: 'turned away',
  async run(visit) {
    const name = certificateAttacks[visit.index % certificateAttacks.length]!
    return visit.step(name, () => attempt(visit, name, attacks[name]!))
  },
}

async function attempt(visit: Visit, name: string, attack: Attack): Promise<string> {
  const challenge = await visit.http('POST', '/login/challenge', { json: {}, timeoutMs: patienceMs })
  const given = challenge.json<{ nonce?: string }>()?.nonce
  if (given === undefined) return 'not-verified'
  const { held, lock, replayed = false, audience = 'saeol' } = attack
  const nonce = attack.nonce?.(visit, visit.data as People) ?? given
  const json = await signedChallenge(held(visit, visit.data as People), { audience, nonce })
  const logIn = (): Promise<HttpAnswer> => visit.http('POST', '/login/gpki', { json, timeoutMs: patienceMs })
  // Its holder's own login; a challenge that nobody answered is not replayed.
  if (replayed && !isLetIn(await logIn())) return 'not-verified'
  const answer = await logIn()
  if (isLetIn(answer)) return `let-in-${name}`
  return refusedOrOverlooked(answer, { name, lock, unable: notAsked, noAnswer: 'not-verified' })
}

/** As long as what stands in a challenge of Saeol's. */
function letters(random: () => number): string {
  return Array.from({ length: 43 }, () => Math.floor(random() * 36).toString(36)).join('')
}

function isLetIn(answer: HttpAnswer): boolean {
  return answer.json<{ session?: string }>()?.session !== undefined
}

/** Officials come in the order of the list; those whose certificate was reported lost, or whom another attack uses, do not. */
const whoCome = 250

function victim(people: People, random: () => number): Official {
  return pick(activeOfficials(people).slice(0, whoCome), random)
}

/** An official of whom nobody else makes use: neither served at a counter nor attacked elsewhere. */
function thief(people: People): Official {
  const active = activeOfficials(people)
  return active[active.length - 100]!
}

function stranger(kind: string) {
  return (_: Visit, people: People): Held => {
    const { certificateChain, privateKeyPkcs8 } = people.strangers.find((each) => each.kind === kind)!
    // Without the root, which whoever verifies has anyway.
    return { certificateChain: certificateChain.slice(0, 2), privateKeyPkcs8 }
  }
}

function withStatus(status: Official['status']) {
  return ({ random }: Visit, people: People): Held =>
    pick(
      people.officials.filter((official) => official.status === status),
      random,
    )
}
