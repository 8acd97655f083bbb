/** What came of an attack that is right in all but one thing: each lock is to be seen by itself. */
import type { HttpAnswer } from '../../harness/index.ts'
import { outcomeOf } from './login.ts'

/**
 * An attack that was not let in: by the lock that it was meant for, or by another, which says nothing about that one.
 * @param at.name of the attack
 * @param at.lock the system's word for what is wrong with it
 * @param at.unable the system's words for "I could not look", which say nothing about a lock
 * @param at.noAnswer the outcome where it could not; default `no-answer`
 */
export function refusedOrOverlooked(
  answer: HttpAnswer,
  at: {
    readonly name: string
    readonly lock: string
    readonly unable: RegExp
    readonly noAnswer?: string
  },
): string {
  const { name, lock, unable, noAnswer = 'no-answer' } = at
  const why = outcomeOf(answer)
  if (answer.status === 0 || unable.test(why)) return noAnswer
  return why === lock ? `refused-${name}` : `overlooked-${name}`
}

/** What must never come of these attacks: one came through, or the lock that it was meant for did not see it. */
export function undetected(attacks: readonly string[], through: string): string[] {
  return attacks.flatMap((name) => [`${through}-${name}`, `overlooked-${name}`])
}
