import { availableParallelism } from 'node:os'

/** CPUs that one arm of the mock network needs while it runs, measured: see docs/performance.md. */
const cpusPerArm = 0.5

/** How many arms run side by side. `auto`: as many as the CPUs that this process may use have room for. */
export function parallelOf(asked: number | 'auto'): number {
  return asked === 'auto' ? Math.max(1, Math.floor(availableParallelism() / cpusPerArm)) : asked
}
