import type { Journey, Visit } from '../../harness/index.ts'
import { signedChallenge } from './login.ts'
import { attemptOf, forgedAddresses, inTurn, judge, tryPassword } from './password-attempts.ts'
import { activeOfficials, type Official, type People, pick } from './people.ts'
import { totp } from './signatures.ts'

/** One way in each; whoever gets a session by any of them was let in. */
const attacks: Readonly<Record<string, (visit: Visit, people: People) => Promise<string>>> = {
  'wrong-password': (visit, people) => {
    const victim = pick(activeOfficials(people), visit.random)
    return tryPassword(visit, victim, { password: 'hunter2-hunter2' })
  },
  'unknown-user': (visit, people) =>
    tryPassword(visit, pick(activeOfficials(people), visit.random), {
      officialId: `official-9${visit.index}`,
    }),
  'disabled-official': (visit, people) => tryPassword(visit, withStatus(people, 'disabled', visit)),
  'revoked-official': (visit, people) => tryPassword(visit, withStatus(people, 'revoked', visit)),
  /** Everything right but a password that was never enrolled: the first one presented is not taken for theirs. */
  'never-enrolled': (visit, people) => tryPassword(visit, withStatus(people, 'unenrolled', visit)),
  'revoked-certificate': (visit, people) => tryCertificate(visit, withStatus(people, 'revoked', visit)),
  'forged-certificate': (visit, people) => tryCertificate(visit, pick(people.strangers, visit.random)),
  'downgrade-header': downgrade,
  /** A wrong code beside the right password; a code seen over a shoulder is tried again in `replayed-code`. */
  'wrong-code': (visit, people) =>
    tryPassword(visit, pick(activeOfficials(people), visit.random), { code: '000000' }),
  /** One that somebody wrote down five minutes ago. */
  'old-code': async (visit, people) => {
    const victim = pick(activeOfficials(people), visit.random)
    return tryPassword(visit, victim, { code: await totp(victim.totpSecretBase32, Date.now() - 300_000) })
  },
  'foreign-terminal': (visit, people) =>
    tryPassword(visit, pick(activeOfficials(people), visit.random), { terminal: 'terminal-of-nobody' }),
  'replayed-code': replayCode,
  'terminal-by-throttle': askForTerminal,
  escalation: escalate,
}

/** Headers that a lax gateway might take for an order to fall back. */
const orders = {
  'x-fallback': 'open',
  'x-auth-fallback': 'password',
  'x-gpki-status': 'unavailable',
  'x-saeol-emergency': '1',
}

/** Whoever tries the door while the ordinary lock is broken: every attack in turn, from the first arrival on. */
export const attackerOnFallback: Journey = {
  name: 'attacker-on-fallback',
  title: 'attackers on the fallback',
  entrance: 'outsider→front',
  // To be turned away is how it should go; to get no answer is no harm either.
  succeedsWith: ['turned-away', 'no-answer'],
  users: 'attackers',
  successIs: 'turned away',
  run: inTurn(attacks),
}

async function tryCertificate(visit: Visit, official: Official): Promise<string> {
  const challenge = await visit.http('POST', '/login/challenge', { json: {}, timeoutMs: 2000 })
  const nonce = challenge.json<{ nonce?: string }>()?.nonce
  if (nonce === undefined) return judge(challenge)
  const answer = await visit.http('POST', '/login/gpki', {
    json: await signedChallenge(official, { audience: 'saeol', nonce }),
    headers: { 'x-forwarded-for': pick(forgedAddresses, visit.random) },
    timeoutMs: 2000,
  })
  return judge(answer)
}

/**
 * Somebody looks over a shoulder: the official logs in, and within seconds the same code is used again. Only the
 * second login is the attack.
 */
async function replayCode(visit: Visit, people: People): Promise<string> {
  const victim = lastOf(people, visit)
  const code = await totp(victim.totpSecretBase32, Date.now())
  const attempt = { officialId: victim.id, password: victim.password, code, terminal: victim.terminal }
  const first = await visit.http('POST', '/login/password', {
    json: attempt,
    timeoutMs: 2000,
  })
  // A code that was never used is not replayed.
  if (first.json<{ session?: string }>()?.session === undefined) return 'turned-away'
  return tryPassword(visit, victim, { code })
}

/**
 * Everything right but the door: an official's own password and code, sent with headers that order a fallback while it
 * is closed. Where it is open, or opens meanwhile, getting in is no downgrade.
 */
async function downgrade(visit: Visit, people: People): Promise<string> {
  const isOpen = async (): Promise<boolean> => {
    const options = await visit.http('GET', '/login/options', { timeoutMs: 2000 })
    return options.json<{ password?: boolean }>()?.password !== false
  }
  if (await isOpen()) return 'turned-away'
  const outcome = await tryPassword(visit, lastOf(people, visit), {}, orders)
  return outcome === 'let-in' && (await isOpen()) ? 'turned-away' : outcome
}

/**
 * Whether the throttle tells the right terminal: after enough wrong ones, is a right one answered otherwise? Thrice in a
 * row, since others try from the same line, and what they use up is filled again between one answer and the next.
 */
async function askForTerminal(visit: Visit, people: People): Promise<string> {
  const victim = activeOfficials(people).at(-(220 + (visit.index % 20)))!
  const guess = async (terminal: string): Promise<number> => {
    const wrong = { password: 'guess', code: '654321', terminal }
    return (await attemptOf(visit, victim, wrong, {})).status
  }
  for (let wrong = 0; wrong < 6; wrong++) {
    const status = await guess(`terminal-of-guess-${wrong}`)
    if (status !== 401 && status !== 429) return 'turned-away'
  }
  for (let pair = 0; pair < 3; pair++) {
    if ((await guess(`terminal-of-pair-${pair}`)) !== 429) return 'turned-away'
    if ((await guess(victim.terminal)) !== 401) return 'turned-away'
  }
  return 'told-terminal'
}

/** An official who logs in as they should while the door is open, and then tries what that session must not do. */
async function escalate(visit: Visit, people: People): Promise<string> {
  const insider = activeOfficials(people).at(-(110 + (visit.index % 40)))!
  const entered = await visit.http('POST', '/login/password', {
    json: {
      officialId: insider.id,
      password: insider.password,
      code: await totp(insider.totpSecretBase32, Date.now()),
      terminal: insider.terminal,
    },
    timeoutMs: 2000,
  })
  const session = entered.json<{ session?: string }>()?.session
  if (session === undefined) return 'turned-away'
  const headers = { authorization: `Bearer ${session}` }
  const accounts = await visit.http('GET', '/accounts', { headers, timeoutMs: 2000 })
  return accounts.status === 200 ? 'escalated' : 'turned-away'
}

/** One of the last of the list, whom the ordinary journeys do not reach: nobody else uses up their code. */
function lastOf(people: People, visit: Visit): Official {
  const active = activeOfficials(people)
  return active[active.length - 1 - (Math.floor(visit.index / Object.keys(attacks).length) % 50)]!
}

function withStatus(people: People, status: Official['status'], visit: Visit): Official {
  return pick(
    people.officials.filter((official) => official.status === status),
    visit.random,
  )
}
