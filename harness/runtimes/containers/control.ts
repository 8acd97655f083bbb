import type { ServiceControl } from '../../model/topology.ts'
import { type Engine, must } from './engine.ts'

/** How long a service may take to stop when asked, seconds, before it is killed. */
export const graceSeconds = 1

/** Kills, stops, pauses and starts services that are containers. */
export function containerControl(options: {
  engine: Engine
  container(service: string): string
  /** The next end of this service was asked for. @returns what resolves once it has ended. */
  expectEnd(service: string): Promise<void>
  hasEnded(service: string): boolean
  /** Follows and waits for a service whose container has just been started again. */
  startedAgain(service: string): Promise<void>
}): ServiceControl {
  const { engine, container, hasEnded } = options
  const act = (service: string, what: string, path: string): Promise<unknown> =>
    must(engine, `${what} ${service}`, 'POST', `/containers/${container(service)}/${path}`, {
      // So it is already.
      fine: [304],
    })
  const stateOf = async (service: string): Promise<State> => {
    const path = `/containers/${container(service)}/json`
    return (await must<{ State: State }>(engine, `look at ${service}`, 'GET', path)).State
  }
  const resume = async (service: string): Promise<void> => {
    if ((await stateOf(service)).Paused) await act(service, 'resume', 'unpause')
  }
  const end = async (service: string, what: string, path: string): Promise<void> => {
    if (hasEnded(service)) return
    const ended = options.expectEnd(service)
    // A frozen container hears no signal until it goes on.
    await resume(service)
    await act(service, what, path)
    await ended
  }
  return {
    kill: (service) => end(service, 'kill', 'kill'),
    stop: (service) => end(service, 'stop', `stop?t=${graceSeconds}`),
    async start(service) {
      if (!hasEnded(service)) return
      await act(service, 'start', 'start')
      await options.startedAgain(service)
    },
    async pause(service) {
      if (!(await stateOf(service)).Paused) await act(service, 'pause', 'pause')
    },
    resume,
    async life(service) {
      const { Running, StartedAt } = await stateOf(service)
      return Running ? `container ${container(service).slice(0, 12)}, start ${StartedAt}` : undefined
    },
  }
}

interface State {
  readonly Running: boolean
  readonly Paused: boolean
  readonly StartedAt: string
}
