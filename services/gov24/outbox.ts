import { openJournalFile } from '../common/journal-file.ts'
import { Problem } from '../common/problem.ts'
import type { Sabotaged } from '../common/sabotage.ts'

/** What a citizen asked for. */
export interface Asked {
  readonly serviceId: string
  readonly residentId: string
}

/** An application that the portal received in Saeol's place. */
export interface KeptApplication extends Asked {
  /** The portal's own, which the citizen takes home: `P-000001`. */
  readonly number: string
  /** The citizen's Idempotency-Key: Saeol may have had it already. */
  readonly key: string
  /** ISO 8601; the day that counts. */
  readonly receivedOn: string
}

/** What became of it; `refused` is for a person to look at. */
export type Settled = 'handed-in' | 'refused'
export type OutboxItem = KeptApplication & { readonly state: 'kept' | Settled }

type Line = { readonly kept: KeptApplication } | { readonly number: string; readonly settled: Settled }

/** Every how many applications the sabotage `forgets-kept` forgets one. */
const forgottenOneIn = 7

/** What was received and not handed in yet, in a file that only grows: it survives kill -9, and needs no link. */
export interface Outbox extends AsyncDisposable {
  /**
   * Returns once it is on disk; the same key has the same answer.
   * @throws Problem 422 where the key was used for another application
   */
  keep(asked: Asked, key: string): Promise<KeptApplication>
  /** Undefined where Saeol has it, or nobody. */
  find(key: string): KeptApplication | undefined
  /** In the order in which they came. */
  waiting(): readonly KeptApplication[]
  settle(application: KeptApplication, settled: Settled): Promise<void>
  all(): readonly OutboxItem[]
}

/**
 * @param options.now epoch ms
 * @throws when the file cannot be read or written
 */
export async function openOutbox(options: {
  readonly file: string
  readonly now: () => number
  readonly sabotaged: Sabotaged
}): Promise<Outbox> {
  const { now, sabotaged } = options
  const { journal, lines } = await openJournalFile<Line>(options.file)
  const byKey = new Map<string, KeptApplication>()
  const waiting = new Map<string, KeptApplication>()
  const states = new Map<string, Settled>()
  const writing = new Map<string, Promise<KeptApplication>>()
  for (const line of lines) apply(line)
  let received = byKey.size

  function apply(line: Line): void {
    if ('settled' in line) {
      waiting.delete(line.number)
      states.set(line.number, line.settled)
    } else {
      byKey.set(line.kept.key, line.kept)
      waiting.set(line.kept.number, line.kept)
    }
  }

  async function write({ serviceId, residentId }: Asked, key: string): Promise<KeptApplication> {
    received += 1
    const number = `P-${String(received).padStart(6, '0')}`
    const kept = { serviceId, residentId, number, key, receivedOn: new Date(now()).toISOString() }
    if (sabotaged('forgets-kept') && received % forgottenOneIn === 0) return kept
    await journal.append({ kept })
    apply({ kept })
    return kept
  }

  return {
    async keep(asked, key) {
      const known = byKey.get(key) ?? (await writing.get(key))
      if (known !== undefined) return sameAs(known, asked)
      const written = write(asked, key)
      writing.set(key, written)
      try {
        return await written
      } finally {
        writing.delete(key)
      }
    },
    find: (key) => byKey.get(key),
    waiting: () => [...waiting.values()],
    async settle({ number }, settled) {
      await journal.append({ number, settled })
      apply({ number, settled })
    },
    all: () =>
      Array.from(byKey.values(), (kept) => ({
        ...kept,
        state: states.get(kept.number) ?? 'kept',
      })),
    [Symbol.asyncDispose]: () => journal[Symbol.asyncDispose](),
  }
}

function sameAs(kept: KeptApplication, asked: Asked): KeptApplication {
  if (kept.serviceId === asked.serviceId && kept.residentId === asked.residentId) return kept
  throw new Problem(422, 'idempotency-key-reused', 'this Idempotency-Key was used for another application')
}
