import type { FaultTimes, WrittenFault } from '../model/fault.ts'
import type { System } from '../model/system.ts'
import { cut } from './cut.ts'

/**
 * A zone is lost: every link that leads to one of its services, or from one of them, is cut at once (F13, T14). What is in
 * the zone still runs, and reaches nobody.
 * @param services those that stand in the zone
 * @returns a cut for each link, all of the same times
 * @example faults: zone(administrativeNetwork, ['gpki-a', 'l4'], { from: '1s', to: '6s' })
 */
export function zone(
  system: Pick<System, 'links'>,
  services: readonly string[],
  times: Omit<FaultTimes, 'id'> = {},
): readonly WrittenFault[] {
  return system.links
    .filter(({ from, to }) => services.includes(to) || (from !== null && services.includes(from)))
    .map(({ name }) => cut(name, times))
}
