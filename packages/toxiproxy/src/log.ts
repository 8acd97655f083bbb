const AGAIN_AFTER_MS = 1000
/** Lines remembered; a proxy's name is in each, and there may be many proxies. */
const KINDS = 1000

export type Log = (line: string) => void

/** Writes a line at once, and the same one again after a second at the earliest, with how often it came meanwhile. */
export function createLog(write: (line: string) => void, now: () => number = () => performance.now()): Log {
  const told = new Map<string, { atMs: number; times: number }>()
  return (line) => {
    const last = told.get(line)
    if (last !== undefined && now() - last.atMs < AGAIN_AFTER_MS) {
      last.times++
      return
    }
    if (told.size >= KINDS) told.clear()
    told.set(line, { atMs: now(), times: 0 })
    write(last === undefined || last.times === 0 ? line : `${line} (and ${last.times} times before)`)
  }
}
