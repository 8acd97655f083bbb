import { isRunning } from './machine.ts'
import { gone, marked, markOf, tryKill } from './process-tree.ts'
import type { Register } from './protocol.ts'

/** How long a process may take to end when asked, ms. */
const graceMs = 3000

/**
 * Ends what still runs of a register: its processes (those very ones, not others with their pids), and whatever these
 * have started. @returns how many there were.
 */
export async function reapProcesses({ supervisor, processes }: Register): Promise<number> {
  const left = [supervisor, ...processes].filter(isRunning)
  const startedByThem = marked(markOf(supervisor)).filter(({ pid }) => left.every((one) => one.pid !== pid))
  for (const { pid } of left) tryKill(pid, 'SIGTERM')
  await gone(() => left, graceMs)
  for (const one of left) if (isRunning(one)) tryKill(one.pid, 'SIGKILL')
  await gone(() => {
    const still = marked(markOf(supervisor))
    for (const { pid } of still) tryKill(pid, 'SIGKILL')
    return still
  }, graceMs)
  return left.length + startedByThem.length
}
