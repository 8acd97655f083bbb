import { randomBytes } from 'node:crypto'
import type { Sabotaged } from './sabotage.ts'
import { createShortLived } from './short-lived.ts'

/** How long a challenge can be answered, in ms. † ours: as long as Saeol's. */
const challengeMs = 60_000
/** † ours: twenty times the citizens of a replay. */
const most = 10_000

/** What a phone approves; random, short-lived, in memory. */
export interface Challenges {
  make(): string
  /** True the first time, within its time; false ever after. */
  answer(nonce: string): boolean
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
    answer(nonce) {
      const found = sabotaged('replayed-approval') ? challenges.get(nonce) : challenges.take(nonce)
      return found !== undefined
    },
  }
}

/** What nobody guesses. */
export function secret(): string {
  return randomBytes(32).toString('base64url')
}
