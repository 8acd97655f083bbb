import { setTimeout as sleep } from 'node:timers/promises'

/** How long the services of an arm are cold, in ms: meanwhile no other arm begins. † measured: its first visits take 1 s */
const coldMs = 1500

/** How often an arm that waits looks whether its turn has come, in ms. */
const lookMs = 20

/** The start of one arm. Dispose of it when the arm has ended. */
export interface Start extends Disposable {
  /** Waits until no other arm is in its first act. @throws an AbortError when the signal aborts */
  mayComeUp(signal: AbortSignal): Promise<void>
  /** The network is up: waits until no other is coming up, and no other arm is cold. @throws as mayComeUp */
  mayBegin(signal: AbortSignal): Promise<void>
}

/** Where an arm is. Times in ms of the performance clock. */
type Stand =
  | { readonly is: 'coming up' | 'ready' }
  | { readonly is: 'under load'; readonly coldTo: number; readonly steadyTo: number }

/**
 * Keeps arms that run side by side out of each other's start. A network that comes up takes every CPU for seconds: the
 * first act of another arm would not be steady beside it, though nothing was done to that arm. And two networks whose
 * load begins in the same moment are cold in the same moment.
 * @returns the start of an arm whose first act lasts `steadyMs`
 * @example
 * const startOf = createStarts()
 * using start = startOf(4000)
 * await start.mayComeUp(signal)
 */
export function createStarts(): (steadyMs: number) => Start {
  const stands = new Map<symbol, Stand>()

  return (steadyMs) => {
    const self = Symbol('arm')
    /** Looks and takes the turn in one step, so that no two take it at once. */
    async function turn(
      signal: AbortSignal,
      blocks: (other: Stand) => boolean,
      next: () => Stand,
    ): Promise<void> {
      signal.throwIfAborted()
      while ([...stands].some(([arm, stand]) => arm !== self && blocks(stand)))
        await sleep(lookMs, undefined, { signal })
      stands.set(self, next())
    }
    return {
      mayComeUp: (signal) =>
        turn(
          signal,
          (other) => other.is === 'under load' && performance.now() < other.steadyTo,
          () => ({ is: 'coming up' }),
        ),
      mayBegin(signal) {
        stands.set(self, { is: 'ready' })
        return turn(
          signal,
          (other) =>
            other.is === 'coming up' || (other.is === 'under load' && performance.now() < other.coldTo),
          () => {
            const from = performance.now()
            return { is: 'under load', coldTo: from + coldMs, steadyTo: from + steadyMs }
          },
        )
      },
      [Symbol.dispose]: () => void stands.delete(self),
    }
  }
}
