import { setTimeout as sleep } from 'node:timers/promises'

/** What happened in an arm that an operator may wait for, each with its first moments. */
export interface Happenings {
  /** @param at epoch ms */
  note(kind: 'event' | 'action', name: string, at: number): void
  /**
   * The first of these from `from` on; waits for it. All times are epoch ms.
   * @returns when it happened; null: not until `until`
   */
  first(
    kind: 'event' | 'action',
    name: string,
    from: number,
    until: number,
    signal: AbortSignal,
  ): Promise<number | null>
}

export function createHappenings(): Happenings {
  const noted: { readonly key: string; readonly at: number }[] = []
  const waiting = new Set<() => void>()
  const keyOf = (kind: string, name: string): string => `${kind} ${name}`

  return {
    note(kind, name, at) {
      noted.push({ key: keyOf(kind, name), at })
      for (const look of waiting) look()
    },
    async first(kind, name, from, until, signal) {
      const key = keyOf(kind, name)
      const found = Promise.withResolvers<number>()
      const look = (): void => {
        const one = noted.find((happening) => happening.key === key && happening.at >= from)
        if (one !== undefined) found.resolve(one.at)
      }
      const over = new AbortController()
      waiting.add(look)
      look()
      try {
        const leftMs = Math.max(0, until - Date.now())
        const late = sleep(leftMs, null, { signal: AbortSignal.any([signal, over.signal]) })
        late.catch(() => {})
        return await Promise.race([found.promise, late])
      } finally {
        waiting.delete(look)
        over.abort()
      }
    },
  }
}
