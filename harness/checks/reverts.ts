import type { Seen } from './check-kind.ts'

/**
 * When the last of an arm's faults was undone, ms; `null` while one is still on, or none was injected. Of each fault
 * the first revert after its last injection counts: tearing down reverts once more, to be safe.
 * @param of only this fault, each time that it is on; default: all
 */
export function lastRevertMs(record: Seen, of?: string): number | null {
  const injectedMs = new Map<string, number>()
  for (const { fault, ms } of record.injected.filter(isOf(of)))
    injectedMs.set(fault, Math.max(ms, injectedMs.get(fault) ?? ms))
  if (injectedMs.size === 0) return null

  let last = Number.NEGATIVE_INFINITY
  for (const [fault, from] of injectedMs) {
    const reverted = record.reverted.filter((r) => r.fault === fault && r.ms >= from)
    if (reverted.length === 0) return null
    last = Math.max(last, Math.min(...reverted.map((r) => r.ms)))
  }
  return last
}

/** When the first of an arm's faults, or this one, was injected, ms; `null` where none was. */
export function firstInjectionMs(record: Seen, of?: string): number | null {
  const injected = record.injected.filter(isOf(of))
  return injected.length === 0 ? null : Math.min(...injected.map((i) => i.ms))
}

/** A fault by its id; one that repeats has a number behind it from the second time on. */
function isOf(id: string | undefined): (event: { readonly fault: string }) => boolean {
  return ({ fault }) =>
    id === undefined ||
    fault === id ||
    (fault.startsWith(`${id} `) && /^\d+$/.test(fault.slice(id.length + 1)))
}

/** When an arm stopped looking: the end of its last act, ms; `null` where that was not written. */
export function watchedUntilMs(record: Seen): number | null {
  const toMs = record.acts.at(-1)?.toMs
  return toMs !== undefined && Number.isFinite(toMs) ? toMs : null
}
