import type { HttpAnswer, Journey, Visit } from '../../harness/index.ts'
import { attemptOf, judge } from './password-attempts.ts'
import { activeOfficials, type Official, type People } from './people.ts'

/** More failures than one address may make at officials' own terminals at once, all accounts together. */
const guesses = 36
const atOnce = 6

/** Accounts whose password is known, each tried after as many guesses as take up whatever has become free. */
const rightOnes = 6
const guessesBetween = 3
/** How often that address is given room for one failure more, in ms: `ownTerminalsRefillMs` of the measure. */
const refillMs = 1000

/** Nobody comes to work with these accounts in a replay, nor attacks them elsewhere. */
const staff = { from: 300, known: 364, to: 400 }

/**
 * Somebody is in a branch office at night, where each account's own terminal stands: one guess at each account, so that no
 * account is full, and then accounts whose password is known. By then that address is to be slowed down: it may get in
 * as often as it was given room meanwhile, and no more. Where answers are so slow that this is as often as it tries,
 * nothing is shown.
 */
export const intruderAtBranch: Journey = {
  name: 'intruder-at-branch',
  title: 'intruders who guess at officials’ own terminals',
  entrance: 'intruder→front',
  succeedsWith: ['slowed', 'too-slow-to-tell', 'closed', 'no-answer'],
  users: 'intruders',
  successIs: 'turned away',
  async run(visit) {
    const officials = activeOfficials(visit.data as People)
    const others = officials.slice(staff.from, staff.known)
    const known = officials.slice(staff.known, staff.to)
    for (let n = 0; n < guesses; n += atOnce) {
      const closed = closedTo(await guessAt(visit, others.slice(n, n + atOnce)))
      if (closed !== undefined) return closed
    }
    const from = Date.now()
    let letIn = 0
    for (let n = 0; n < rightOnes; n++) {
      const at = guesses + n * guessesBetween
      const closed = closedTo(await guessAt(visit, others.slice(at, at + guessesBetween)))
      if (closed !== undefined) return closed
      const right = known[(visit.index * rightOnes + n) % known.length]!
      if (judge(await attemptOf(visit, right, {}, {})) === 'let-in') letIn++
    }
    // One more for what was free when this began, and one for what becomes free in its course.
    const allowed = Math.floor((Date.now() - from) / refillMs) + 2
    if (letIn > allowed) return 'not-slowed'
    return allowed < rightOnes ? 'slowed' : 'too-slow-to-tell'
  },
}

function guessAt(visit: Visit, victims: readonly Official[]): Promise<HttpAnswer[]> {
  const wrong = { password: 'guess', code: '654321' }
  return Promise.all(victims.map((victim) => attemptOf(visit, victim, wrong, {})))
}

/** What it came to where the answers are not those of an open door. */
function closedTo(answers: readonly HttpAnswer[]): string | undefined {
  if (answers.some(({ status }) => status === 0)) return 'no-answer'
  return answers.some(({ status }) => status !== 401 && status !== 429) ? 'closed' : undefined
}
