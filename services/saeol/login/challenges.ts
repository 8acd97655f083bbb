import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Queries } from '../../common/database.ts'
import type { Sabotaged } from '../../common/sabotage.ts'

/** How long a challenge can be answered, in ms. † ours: longer than a login may wait in the queue. */
const ttlMs = 60_000
/** Answered challenges that have expired are swept out once in so many. */
const sweepEvery = 500

function sealOf(content: string, key: string): Buffer {
  return createHmac('sha256', key).update(`challenge ${content}`).digest()
}

/**
 * A challenge as Saeol makes it.
 * @param expiresAt epoch ms
 * @param random 32 bytes
 */
export function sealedChallenge(expiresAt: number, key: string, random: Buffer = randomBytes(32)): string {
  const content = `${expiresAt}.${random.toString('base64url')}`
  return `${content}.${sealOf(content, key).toString('base64url')}`
}

export interface Challenges {
  create(): string
  /** True the first time, within its time; false ever after. */
  take(nonce: string): Promise<boolean>
}

/**
 * What an official signs to log in by certificate: random, short-lived, used once. It carries its expiry and a seal, so
 * that nothing is kept of the challenges that anybody may ask for; of those that are answered, by a login that has a
 * worker, there is a row until they expire.
 * @param options.key what they are sealed with, the same over a restart
 */
export function createChallenges(options: {
  readonly queries: Queries
  readonly key: string
  readonly sabotaged: Sabotaged
  /** Epoch ms. */
  readonly now: () => number
}): Challenges {
  const { queries, key, sabotaged, now } = options
  let taken = 0

  /** When it expires; undefined when it is none of ours. */
  function expiryOf(nonce: string): number | undefined {
    const [, content, expiresAt, seal] = /^(([0-9]{13})\.[\w-]{43})\.([\w-]{43})$/.exec(nonce) ?? []
    if (content === undefined || seal === undefined) return undefined
    const isSealed = timingSafeEqual(Buffer.from(seal, 'base64url'), sealOf(content, key))
    return isSealed || sabotaged('unsealed-challenge') ? Number(expiresAt) : undefined
  }

  return {
    create() {
      return sealedChallenge(now() + ttlMs, key)
    },
    async take(nonce) {
      const expiresAt = expiryOf(nonce)
      if (expiresAt === undefined) return false
      if (expiresAt <= now() && !sabotaged('old-challenge')) return false
      taken += 1
      if (taken % sweepEvery === 0) {
        await queries.query('delete from login_challenges where expires_at <= $1', [new Date(now())])
      }
      const first = await queries.query(
        `insert into login_challenges (nonce, expires_at) values ($1, $2) on conflict do nothing returning nonce`,
        [nonce, new Date(expiresAt)],
      )
      return first.length > 0 || sabotaged('replayed-nonce')
    },
  }
}
