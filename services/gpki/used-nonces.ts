import type { Challenge } from './challenge.ts'

/** What this server has verified already. */
export interface UsedNonces {
  /** True the first time, false as long as it is remembered, `full` when no more can be remembered. */
  use(challenge: Challenge): boolean | 'full'
}

/** How long one is remembered, in ms: twice as long as a challenge of Saeol's can be answered. */
const rememberedMs = 120_000
/** † ours: 800 a second, twice what a server can verify. */
const mostOfThem = 100_000

/**
 * A second lock behind that of whoever made the challenge, who alone can say for all servers that it was answered:
 * what the other server behind the switch has verified, this one does not know.
 * @param now epoch ms
 */
export function createUsedNonces(now: () => number): UsedNonces {
  const until = new Map<string, number>()
  return {
    use({ audience, nonce }) {
      // In the order in which they were used, so the oldest come first.
      for (const [key, end] of until) {
        if (end > now()) break
        until.delete(key)
      }
      const key = JSON.stringify([audience, nonce])
      if (until.has(key)) return false
      if (until.size >= mostOfThem) return 'full'
      until.set(key, now() + rememberedMs)
      return true
    },
  }
}
