import { setTimeout as sleep } from 'node:timers/promises'
import { createBudget } from '../common/budget.ts'
import type { Downstream } from '../common/downstream.ts'
import { deepHealth } from '../common/health.ts'
import type { Log } from '../common/log.ts'
import type { Backend } from './catalogue.ts'
import type { BackendStates, State } from './states.ts'

/** Watches the systems behind the portal through the portal's own links. */
export interface BackendMonitor {
  readonly states: BackendStates
  stop(): Promise<void>
}

/** A state is believed once this many probes in a row have seen it, so that one lost probe closes no service. */
const confirmations = 2

export function watchBackends(options: {
  readonly links: Readonly<Record<Backend, Downstream>>
  readonly intervalMs: number
  readonly timeoutMs: number
  /** For their deep health. */
  readonly healthToken: string
  readonly log: Log
}): BackendMonitor {
  const states: Record<Backend, State> = { saeol: 'up', resident: 'up', 'simple-auth': 'up' }
  const stopped = new AbortController()

  async function watch(backend: Backend): Promise<void> {
    let last: State = 'up'
    let seen = 0
    while (!stopped.signal.aborted) {
      const state = await probe(options.links[backend], options, stopped.signal)
      seen = state === last ? seen + 1 : 1
      last = state
      if (seen >= confirmations && states[backend] !== state && !stopped.signal.aborted) {
        states[backend] = state
        options.log.info({ event: 'portal.backend', backend, state }, `${backend} is ${state}`)
      }
      await sleep(options.intervalMs, undefined, { signal: stopped.signal }).catch(() => {})
    }
  }

  const watching = Promise.all([watch('saeol'), watch('resident'), watch('simple-auth')])
  return {
    states,
    async stop() {
      stopped.abort()
      await watching
    },
  }
}

async function probe(
  link: Downstream,
  { timeoutMs, healthToken }: { readonly timeoutMs: number; readonly healthToken: string },
  signal: AbortSignal,
): Promise<State> {
  try {
    const budget = createBudget({ totalMs: timeoutMs, signal })
    const { status } = await link.call(deepHealth(healthToken), budget)
    return status === 200 ? 'up' : 'degraded'
  } catch {
    return 'down'
  }
}
