/** Things that are known for a while and then forgotten; so many at most, the oldest making room. */
export interface ShortLived<T> {
  put(key: string, value: T): void
  get(key: string): T | undefined
  /** Gives it and forgets it. */
  take(key: string): T | undefined
}

/**
 * @param options.ttlMs how long each is known
 * @param options.most how many at once
 * @param options.now epoch ms
 */
export function createShortLived<T>(options: {
  readonly ttlMs: number
  readonly most: number
  readonly now: () => number
}): ShortLived<T> {
  const { ttlMs, most, now } = options
  /** In the order in which they were put, so the oldest come first. */
  const known = new Map<string, { readonly value: T; readonly until: number }>()

  function get(key: string): T | undefined {
    const found = known.get(key)
    return found !== undefined && found.until > now() ? found.value : undefined
  }

  return {
    get,
    put(key, value) {
      for (const [old, { until }] of known) {
        if (until > now() && known.size < most) break
        known.delete(old)
      }
      known.set(key, { value, until: now() + ttlMs })
    },
    take(key) {
      const value = get(key)
      known.delete(key)
      return value
    },
  }
}
