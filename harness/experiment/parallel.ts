import { availableParallelism } from 'node:os'

/** CPUs that one arm needs while it runs, rounded up. Measured on the mock network: 0.7 to 0.9, its start included. */
const cpusPerArm = 1

/** How many arms run side by side. `auto`: as many as the CPUs that this process may use have room for. */
export function parallelOf(asked: number | 'auto'): number {
  return asked === 'auto' ? Math.max(1, Math.floor(availableParallelism() / cpusPerArm)) : asked
}
