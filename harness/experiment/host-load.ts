import { cpus } from 'node:os'

/**
 * How busy the host's CPUs are from now on, whoever keeps them so: what the system waits for a CPU looks like its own
 * latency.
 * @returns a function that gives the share in use since, 0 to 1; undefined where the host does not tell
 */
export function watchHostLoad(): () => number | undefined {
  const from = cpuTimes()
  return () => {
    const to = cpuTimes()
    const all = to.all - from.all
    return all > 0 ? 1 - (to.idle - from.idle) / all : undefined
  }
}

function cpuTimes(): { all: number; idle: number } {
  let all = 0
  let idle = 0
  for (const { times } of cpus()) {
    for (const time of Object.values(times)) all += time
    idle += times.idle
  }
  return { all, idle }
}
