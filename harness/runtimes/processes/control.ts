import type { ServiceControl } from '../../model/topology.ts'
import { identify } from '../host/machine.ts'
import type { Supervision } from '../host/supervision.ts'

/** Kills, stops, pauses and starts services that are child processes: by signals, sent by the supervisor. */
export function processControl(options: {
  supervision: Supervision
  pid(service: string): number
  hasEnded(service: string): boolean
  /** Starts it as it was started first; resolves once it is ready. */
  start(service: string): Promise<void>
}): ServiceControl {
  const { supervision, hasEnded } = options
  const gone = async (service: string, end: () => Promise<void> | void): Promise<void> => {
    if (hasEnded(service)) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const unlisten = supervision.onExit(({ id }) => {
      if (id === service) resolve()
    })
    try {
      await end()
      await promise
    } finally {
      unlisten()
    }
  }
  return {
    kill: (service) => gone(service, () => supervision.signal(service, 'SIGKILL')),
    stop: (service) => gone(service, () => supervision.stop(service)),
    start: async (service) => {
      if (hasEnded(service)) await options.start(service)
    },
    pause: (service) => supervision.signal(service, 'SIGSTOP'),
    resume: (service) => supervision.signal(service, 'SIGCONT'),
    life: async (service) => {
      const identity = hasEnded(service) ? undefined : identify(options.pid(service))
      return identity === undefined ? undefined : `process ${identity.pid}, start ${identity.started}`
    },
  }
}
