import { randomBytes } from 'node:crypto'
import { Problem } from './problem.ts'
import type { Sabotaged } from './sabotage.ts'
import { createShortLived } from './short-lived.ts'

/** How long a challenge can be answered, in ms. † ours: as long as Saeol's. */
const challengeMs = 60_000
/** † ours: twenty times the citizens of a replay. */
const most = 10_000

/** What a phone approves; random, short-lived, in memory. */
export interface Challenges {
  make(): string
  /** Once, within its time. @throws Problem 401 */
  mustAnswer(nonce: string): void
}

/** @param now epoch ms */
export function createChallenges(sabotaged: Sabotaged, now: () => number): Challenges {
  const challenges = createShortLived<true>({ ttlMs: challengeMs, most, now })
  return {
    make() {
      const nonce = secret()
      challenges.put(nonce, true)
      return nonce
    },
    mustAnswer(nonce) {
      const found = sabotaged('replayed-approval') ? challenges.get(nonce) : challenges.take(nonce)
      if (found === undefined)
        throw new Problem(401, 'unknown-challenge', 'it was answered before, is too old or is not ours')
    },
  }
}

/** What nobody guesses. */
export function secret(): string {
  return randomBytes(32).toString('base64url')
}
