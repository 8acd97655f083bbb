import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'

/**
 * Whether a socket got the last file that this process may have open. Whoever connects next is accepted and closed by
 * libuv, which tells nobody. A file gets the lowest number that is free, so the highest means that none is.
 */
export function tookLastFile(socket: Socket): boolean {
  const { _handle: handle } = socket as unknown as { readonly _handle?: { readonly fd?: number } | null }
  return (handle?.fd ?? -1) >= limit() - 1
}

let known: number | undefined

/** Read once; where it cannot be read there is none. */
function limit(): number {
  known ??= readLimit()
  return known
}

function readLimit(): number {
  try {
    const [, soft] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))!
    return Number(soft)
  } catch {
    return Number.POSITIVE_INFINITY
  }
}
