import { setTimeout as sleep } from 'node:timers/promises'
import { createBudget } from '../common/budget.ts'
import type { Downstream } from '../common/downstream.ts'
import { deepHealth } from '../common/health.ts'
import type { Log } from '../common/log.ts'
import type { State } from './states.ts'

/** Watches systems through the portal's own links. */
export interface Monitor<Name extends string> {
  readonly states: Readonly<Record<Name, State>>
  /** Whether each was seen up once: until then it was only taken for up. */
  haveAllBeenUp(): boolean
  stop(): Promise<void>
}

/** A state is believed once this many probes in a row have seen it, so that one lost probe closes no service. */
const confirmations = 2

export function watchSystems<Name extends string>(options: {
  readonly links: Readonly<Record<Name, Downstream>>
  readonly intervalMs: number
  readonly timeoutMs: number
  /** For their deep health. */
  readonly healthToken: string
  /** What is logged of a change. */
  readonly event: string
  readonly log: Log
}): Monitor<Name> {
  const names = Object.keys(options.links) as Name[]
  const states = Object.fromEntries(names.map((name) => [name, 'up'])) as Record<Name, State>
  const { event } = options
  const seenUp = new Set<Name>()
  const stopped = new AbortController()

  async function watch(name: Name): Promise<void> {
    let last: State = 'up'
    let seen = 0
    while (!stopped.signal.aborted) {
      const state = await probe(options.links[name], options, stopped.signal)
      seen = state === last ? seen + 1 : 1
      last = state
      if (seen >= confirmations && state === 'up') seenUp.add(name)
      if (seen >= confirmations && states[name] !== state && !stopped.signal.aborted) {
        states[name] = state
        options.log.info({ event, system: name, state }, `${name} is ${state}`)
      }
      await sleep(options.intervalMs, undefined, { signal: stopped.signal }).catch(() => {})
    }
  }

  const watching = Promise.all(names.map(watch))
  return {
    states,
    haveAllBeenUp: () => seenUp.size === names.length,
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
