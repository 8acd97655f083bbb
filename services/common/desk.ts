import { setTimeout as sleep } from 'node:timers/promises'

/** How often a desk with nothing to do looks for something, in ms. */
const idleMs = 50
/** First pause after a round in which not all was taken, in ms; it doubles. */
const firstPauseMs = 100

/** Somebody who works off what has been kept, behind live work, as long as the service runs. */
export interface Desk {
  /** Ends what is under way. */
  stop(): Promise<void>
}

/** What the rounds of a desk are given. */
export interface AtDesk {
  /** Aborted once the desk stops. */
  readonly signal: AbortSignal
  /** Waits, but not longer than the desk lasts. */
  pause(ms: number): Promise<void>
  /** Waits for one's turn: so many a second, however many ask. */
  turn(): Promise<void>
}

/**
 * @param options.waiting how many wait
 * @param options.round works off what it can; resolves with whether all of it was taken
 * @param options.drained nothing waits any more
 * @param options.perS turns a second
 */
export function startDesk(options: {
  waiting(): number
  round(at: AtDesk): Promise<boolean>
  drained(): void
  readonly perS: number
  readonly longestPauseMs: number
}): Desk {
  const stopped = new AbortController()
  const { signal } = stopped
  const pause = (ms: number) => sleep(ms, undefined, { signal }).catch(() => {})
  let nextAt = 0
  const at: AtDesk = {
    signal,
    pause,
    async turn() {
      const own = Math.max(nextAt, performance.now())
      nextAt = own + 1_000 / options.perS
      await pause(Math.max(0, own - performance.now()))
    },
  }

  async function run(): Promise<void> {
    let pauseMs = firstPauseMs
    let hadWork = false
    while (!signal.aborted) {
      if (options.waiting() === 0) {
        if (hadWork) options.drained()
        hadWork = false
        await pause(idleMs)
        continue
      }
      hadWork = true
      if (await options.round(at)) {
        pauseMs = firstPauseMs
        await pause(idleMs)
      } else {
        await pause(pauseMs)
        pauseMs = Math.min(pauseMs * 2, options.longestPauseMs)
      }
    }
  }

  const running = run()
  return {
    async stop() {
      stopped.abort()
      await running
    },
  }
}
