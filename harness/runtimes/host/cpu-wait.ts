import { readdirSync, readFileSync } from 'node:fs'
import type { CpuWait } from '../../model/topology.ts'
import { descendants } from './process-tree.ts'

/**
 * How long process trees wait for a CPU from now on, and how long they have one. It is their own waiting: a neighbour
 * who gives way (`nice`) costs them none, and one who shares the only CPU that they may use costs them a lot, however
 * idle the other CPUs are. A thread that its cgroup's quota holds back waits too.
 *
 * Source: `/proc/<pid>/task/<tid>/schedstat` (Documentation/scheduler/sched-stats.rst of Linux): time on a CPU and time
 * spent waiting on a run queue, ns. Threads that end before the last look are not counted.
 *
 * @param roots processes whose trees are meant; asked again at the end, for some may have been started again
 * @returns a function that gives the figures since; undefined where the platform does not tell
 */
export function watchCpuWait(roots: readonly number[]): (roots: readonly number[]) => CpuWait | undefined {
  const before = threadsOf(roots)
  return (now) => {
    const after = threadsOf(now)
    if (after.size === 0) return undefined
    let ranNs = 0
    let waitedNs = 0
    for (const [thread, times] of after) {
      // A thread that is new began at zero.
      ranNs += times.ranNs - (before.get(thread)?.ranNs ?? 0)
      waitedNs += times.waitedNs - (before.get(thread)?.waitedNs ?? 0)
    }
    return { ranMs: ranNs / 1e6, waitedMs: waitedNs / 1e6 }
  }
}

interface Times {
  readonly ranNs: number
  readonly waitedNs: number
}

/** Every thread of the trees, by process and thread number. */
function threadsOf(roots: readonly number[]): Map<string, Times> {
  const found = new Map<string, Times>()
  for (const pid of new Set(roots.flatMap((root) => [root, ...descendants(root)])))
    for (const thread of list(`/proc/${pid}/task`)) {
      const times = timesOf(`/proc/${pid}/task/${thread}/schedstat`)
      if (times !== undefined) found.set(`${pid}/${thread}`, times)
    }
  return found
}

/** Undefined where it has ended in the meantime, or the platform has no such file. */
function timesOf(file: string): Times | undefined {
  try {
    const [ranNs, waitedNs] = readFileSync(file, 'utf8').split(' ').map(Number)
    return { ranNs: ranNs!, waitedNs: waitedNs! }
  } catch {
    return undefined
  }
}

function list(dir: string): string[] {
  try {
    return readdirSync(dir)
  } catch {
    return []
  }
}
