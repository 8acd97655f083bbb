import { onCrash } from './crash.ts'

/** A terminal signals the whole group and npm passes the signal on again: within this time it is one Ctrl-C, ms. */
const sameKeyMs = 400

/**
 * Turns Ctrl-C, SIGTERM and a closed terminal into an abort, once. The first asks the run to revert, tear down and write
 * what is known; a second one goes on to wait for that, told so, because leaving now would leave the supervisor the work.
 * An error that nothing caught aborts it too, as a HarnessError.
 */
export function interruption(say: (message: string) => void): {
  signal: AbortSignal
  [Symbol.dispose](): void
} {
  const controller = new AbortController()
  let lastAt = Number.NEGATIVE_INFINITY
  const onSignal = (name: NodeJS.Signals): void => {
    const at = performance.now()
    const echo = at - lastAt < sameKeyMs
    lastAt = at
    if (echo) return
    if (controller.signal.aborted) {
      say('still taking everything down: please wait')
      return
    }
    say(`${name === 'SIGINT' ? 'interrupted' : name}: reverting faults and taking everything down`)
    controller.abort(new Error('interrupted'))
  }
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const name of names) process.on(name, onSignal)
  const crashes = onCrash((reason) => {
    say('reverting faults and taking everything down')
    controller.abort(reason)
  })
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      crashes[Symbol.dispose]()
      // Once interrupted, the process is on its way out: a late Ctrl-C must not change the exit code it leaves with.
      if (controller.signal.aborted) return
      for (const name of names) process.removeListener(name, onSignal)
    },
  }
}
