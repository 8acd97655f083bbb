import type { Journey, Visit } from '../../harness/index.ts'
import { attemptOf, inTurn, tryPassword } from './password-attempts.ts'
import { activeOfficials, type People, pick } from './people.ts'

/** Many guesses each; to be told from officials by where they come from is what these try to evade. */
const attacks: Readonly<Record<string, (visit: Visit, people: People) => Promise<string>>> = {
  hammering: (visit, people) => hammer(visit, people, () => '203.0.113.20'),
  'rotating-addresses': (visit, people) => hammer(visit, people, anyAddress),
  spraying: (visit, people) => spray(visit, people),
  'officials-address': spoof,
}

/** Officials come in the order of the list; so many of them come at all in a run of the gate. */
const whoCome = 250

/** A crowd on a line of its own, that says of where it comes from what suits it. */
export const attackerWhoGuesses: Journey = {
  name: 'attacker-who-guesses',
  title: 'guessers at the fallback',
  entrance: 'crowd→front',
  succeedsWith: ['turned-away', 'no-answer'],
  users: 'guessers',
  successIs: 'turned away',
  run: inTurn(attacks),
}

/**
 * Guesses at one account, as fast as answers come: whoever is not slowed down gets in some day. The last guess is right.
 * @param address what is said of where guess number so many comes from
 */
async function hammer(visit: Visit, people: People, address: (guess: number) => string): Promise<string> {
  const victim = activeOfficials(people).at(-(60 + (visit.index % 40)))!
  const from = (guess: number) => ({ 'x-forwarded-for': address(guess) })
  for (let guess = 0; guess < 8; guess++) {
    const wrong = { password: `guess-${guess}`, code: '654321' }
    const { status } = await attemptOf(visit, victim, wrong, from(guess))
    // A guess at a closed door is none.
    if (status !== 401 && status !== 429) return 'turned-away'
  }
  return (await tryPassword(visit, victim, {}, from(8))) === 'let-in' ? 'not-slowed' : 'turned-away'
}

/** Each guess from somewhere else. */
function anyAddress(guess: number): string {
  return `192.0.2.${1 + guess}`
}

/** Common passwords against many accounts that will soon be needed: none is hit, and none may be locked out by it. */
async function spray(visit: Visit, people: People): Promise<string> {
  const active = activeOfficials(people)
  for (let i = 0; i < 5; i++) {
    const from = { 'x-forwarded-for': anyAddress(i) }
    const victim = active[Math.floor(visit.random() * Math.min(whoCome, active.length))]!
    for (const password of ['Welcome2023!', 'saeol1234!', 'qwer1234!']) {
      const outcome = await tryPassword(visit, victim, { password, code: '123456' }, from)
      if (outcome === 'let-in') return outcome
    }
  }
  return 'turned-away'
}

/** Failures at officials' own terminals, in the name of the line that officials come by: theirs is to be throttled. */
async function spoof(visit: Visit, people: People): Promise<string> {
  const from = { 'x-forwarded-for': pick(['offices/127.0.0.1', '127.0.0.1'], visit.random) }
  for (let i = 0; i < 8; i++) {
    const victim = pick(activeOfficials(people).slice(-200), visit.random)
    const outcome = await tryPassword(visit, victim, { password: 'guess', code: '654321' }, from)
    if (outcome === 'let-in') return outcome
  }
  return 'turned-away'
}
