import type { ServiceControl } from '../model/topology.ts'
import type { Ground } from './ground.ts'
import type { Lives } from './lives.ts'

/**
 * Kills, stops, pauses and starts the services on a ground. What it ends is no death.
 * @param start starts a service again and resolves once it is ready
 */
export function serviceControl(
  ground: Ground,
  lives: Lives,
  start: (service: string) => Promise<void>,
): ServiceControl {
  const end = async (service: string, by: (service: string) => Promise<void>): Promise<void> => {
    if (lives.exitOf(service) !== undefined) return
    const ended = lives.expectEnd(service)
    await by(service)
    await ended
  }
  return {
    kill: (service) => end(service, ground.kill),
    stop: (service) => end(service, ground.stop),
    start: async (service) => {
      if (lives.exitOf(service) !== undefined) await start(service)
    },
    pause: (service) => ground.pause(service),
    resume: (service) => ground.resume(service),
    life: async (service) => (lives.exitOf(service) === undefined ? ground.life(service) : undefined),
  }
}
