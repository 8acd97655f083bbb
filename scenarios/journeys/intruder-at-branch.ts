import type { HttpAnswer, Journey, Visit } from '../../harness/index.ts'
import { attemptOf, judge } from './password-attempts.ts'
import { activeOfficials, type Official, type People } from './people.ts'

/** More failures than one address may make at officials' own terminals, all accounts together. */
const guesses = 36
/** Whoever has made that many at once gets room for one more each second, so not for so many. */
const rightOnes = 3
const atOnce = 6

/** Nobody comes to work with these accounts in a replay, nor attacks them elsewhere. */
const staff = { from: 300, to: 400 }

/**
 * Somebody is in a branch office at night, where each account's own terminal stands: one guess at each account, so that no
 * account is full, and then accounts whose password is known. By then that address is to be slowed down.
 */
export const intruderAtBranch: Journey = {
  name: 'intruder-at-branch',
  title: 'intruders who guess at officials’ own terminals',
  entrance: 'intruder→front',
  succeedsWith: ['slowed', 'closed', 'no-answer'],
  users: 'intruders',
  successIs: 'turned away',
  async run(visit) {
    const accounts = activeOfficials(visit.data as People).slice(staff.from, staff.to)
    const [known, rest] = [accounts.slice(-30), accounts.slice(0, -30)]
    for (let n = 0; n < guesses; n += atOnce) {
      const answers = await Promise.all(rest.slice(n, n + atOnce).map((victim) => guessAt(visit, victim)))
      const closed = closedTo(answers)
      if (closed !== undefined) return closed
    }
    const from = (visit.index * rightOnes) % known.length
    const [answers] = await Promise.all([
      Promise.all(known.slice(from, from + rightOnes).map((victim) => attemptOf(visit, victim, {}, {}))),
      Promise.all(rest.slice(guesses, guesses + rightOnes).map((victim) => guessAt(visit, victim))),
    ])
    if (answers.every((answer) => judge(answer) === 'let-in')) return 'not-slowed'
    return answers.some((answer) => judge(answer) === 'let-in') ? 'slowed' : (closedTo(answers) ?? 'slowed')
  },
}

function guessAt(visit: Visit, victim: Official): Promise<HttpAnswer> {
  return attemptOf(visit, victim, { password: 'guess', code: '654321' }, {})
}

/** What it came to where the answers are not those of an open door. */
function closedTo(answers: readonly HttpAnswer[]): string | undefined {
  if (answers.some(({ status }) => status === 0)) return 'no-answer'
  return answers.some(({ status }) => status !== 401 && status !== 429) ? 'closed' : undefined
}
