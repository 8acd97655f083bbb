import { setTimeout as sleep } from 'node:timers/promises'
import { HarnessError, messageOf } from '../errors.ts'
import type { FaultContext } from '../faults/fault.ts'
import { faultKind } from '../faults/index.ts'
import type { JournalEvent } from '../journal/events.ts'
import type { FaultSpec, Sighting } from '../model/fault.ts'

/** From an injection or a revert to the first look, ms: a fault may need a moment to bite. */
const firstLookMs = 150
/** At most so many looks, so far apart, until the probe sees what it must. */
const looks = 4
const betweenLooksMs = 250

/** The life of a fault: look for it, inject it, look, revert it, look again. Every step is written to the journal. */
export interface FaultLife {
  /** Before the injection. The probe must see nothing; if it sees something now, its later looks prove nothing. */
  lookBefore(): Promise<void>
  /** Injects and reverts at their planned times. @param from the arm's start, epoch ms */
  live(from: number): Promise<void>
  /** Undoes the fault now, whatever its state; a second call does nothing. */
  revert(): Promise<void>
  /** Reverts it before its time, as a repair does. @throws Error where it is not on */
  end(): Promise<void>
  /** Looks for it once, by its own probe; null: nothing can be said. */
  look(): Promise<Sighting>
}

/**
 * @param undo the fault's revert is registered here before it is injected, so that it runs on success, failure and interruption
 */
export function faultLife(
  spec: FaultSpec,
  context: FaultContext,
  undo: AsyncDisposableStack,
  journal: (event: JournalEvent) => void,
): FaultLife {
  const kind = faultKind(spec.kind)!
  let state: 'never' | 'injected' | 'reverted' = 'never'
  const now = (): number => performance.timeOrigin + performance.now()
  const until = async (at: number): Promise<void> => {
    const waitMs = at - now()
    if (waitMs > 0) await sleep(waitMs, undefined, { signal: context.signal })
  }

  const look = async (when: 'before' | 'during' | 'after'): Promise<boolean | null> => {
    // Its visits are in the journal.
    if (kind.probe === undefined) return when === 'during'
    const sighting = await kind
      .probe(spec, context)
      .catch((error: unknown) => ({ bites: null, said: `the probe failed: ${messageOf(error)}` }))
    // After an interruption the probe's answer means nothing.
    if (!context.signal.aborted)
      journal({ kind: 'fault.probed', at: now(), fault: spec.id, when, ...sighting })
    return sighting.bites
  }
  const lookUntil = async (when: 'during' | 'after', wanted: boolean, stop: AbortSignal): Promise<void> => {
    const signal = AbortSignal.any([context.signal, stop])
    try {
      await sleep(firstLookMs, undefined, { signal })
      for (let i = 0; i < looks && (await look(when)) !== wanted; i++)
        await sleep(betweenLooksMs, undefined, { signal })
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  const revert = async (plannedAt: number | null): Promise<void> => {
    if (state !== 'injected') return
    state = 'reverted'
    await kind.revert(spec, context)
    journal({ kind: 'fault.reverted', at: now(), fault: spec.id, plannedAt })
  }

  const ended = Promise.withResolvers<void>()

  return {
    async lookBefore() {
      await kind.prepare?.(spec, context)
      await look('before')
    },
    async live(from) {
      const injectAt = from + spec.fromMs
      const revertAt = from + spec.toMs
      await until(injectAt)
      undo.defer(() => revert(null))
      state = 'injected'
      try {
        await kind.inject(spec, context)
      } catch (error) {
        throw new HarnessError(`fault '${spec.id}' could not be injected: ${messageOf(error)}`, {
          cause: error,
        })
      }
      journal({ kind: 'fault.injected', at: now(), fault: spec.id, plannedAt: injectAt })
      const over = new AbortController()
      const looking = lookUntil('during', true, over.signal)
      await Promise.race([until(revertAt), ended.promise])
      over.abort()
      await looking
      await revert(revertAt)
      await lookUntil('after', false, new AbortController().signal)
    },
    revert: () => revert(null),
    async end() {
      if (state !== 'injected') throw new Error(`fault '${spec.id}' is not on`)
      // Whoever repairs it has no other plan than this.
      await revert(now())
      ended.resolve()
    },
    look: async () => (await kind.probe?.(spec, context)) ?? { bites: null, said: 'it has no probe' },
  }
}
