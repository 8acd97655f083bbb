import { availableParallelism } from 'node:os'

/**
 * CPUs that one arm needs while it runs, its start included; the engine's own work too where it runs in containers.
 * Measured on the mock network: 0.7 to 0.9 in `processes`; in containers two arms on two CPUs waited for one in 80 to
 * 90 % of the time in which they had work, and missed their schedule.
 */
const cpusPerArm: Readonly<Record<string, number>> = { processes: 1, containers: 2 }

/**
 * How many arms run side by side. `auto`: as many as the CPUs that this process may use have room for.
 * @param runtime its name; of one that is not known an arm is taken to need as much as in containers
 */
export function parallelOf(asked: number | 'auto', runtime: string): number {
  if (asked !== 'auto') return asked
  return Math.max(1, Math.floor(availableParallelism() / (cpusPerArm[runtime] ?? 2)))
}
