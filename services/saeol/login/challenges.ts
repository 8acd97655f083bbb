import { randomBytes } from 'node:crypto'
import type { Queries } from '../../common/database.ts'
import type { Sabotaged } from '../../common/sabotage.ts'

/** How long a challenge can be answered, in ms. † ours: longer than a login may wait in the queue. */
const ttlMs = 60_000
/** Expired challenges are swept out once in so many. */
const sweepEvery = 500

export interface Challenges {
  create(): Promise<string>
  /** True the first time, within its time; false ever after. */
  take(nonce: string): Promise<boolean>
}

/** What an official signs to log in by certificate: random, short-lived, used once. */
export function createChallenges(queries: Queries, sabotaged: Sabotaged, now: () => number): Challenges {
  let created = 0
  return {
    async create() {
      created += 1
      if (created % sweepEvery === 0) {
        await queries.query('delete from login_challenges where expires_at <= $1', [new Date(now())])
      }
      const nonce = randomBytes(32).toString('base64url')
      const expiresAt = new Date(now() + ttlMs)
      await queries.query('insert into login_challenges (nonce, expires_at) values ($1, $2)', [
        nonce,
        expiresAt,
      ])
      return nonce
    },
    async take(nonce) {
      const taken = await queries.query<{ expires_at: Date }>(
        sabotaged('replayed-nonce')
          ? 'select expires_at from login_challenges where nonce = $1'
          : 'delete from login_challenges where nonce = $1 returning expires_at',
        [nonce],
      )
      return taken[0] !== undefined && taken[0].expires_at.getTime() > now()
    },
  }
}
