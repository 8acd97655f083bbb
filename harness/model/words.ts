/** The first in full, the others by their number: a reason is one sentence. */
export function firstOf(said: readonly string[]): string {
  return said.length > 1 ? `${said[0]} (and ${said.length - 1} more)` : (said[0] ?? '')
}

/** `1 check`, `2 checks`. */
export function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`
}

/** `deadlines and manual-intake`; of none, `no measure`. */
export function listed(names: readonly string[], none = 'no measure'): string {
  if (names.length < 2) return names[0] ?? none
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
