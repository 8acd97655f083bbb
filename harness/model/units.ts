/** A duration: milliseconds as a number, or a string such as `250ms`, `8s`, `1.5s`, `20m`. */
export type Duration = number | `${number}ms` | `${number}s` | `${number}m`

/** A rate: per second as a number, or a string such as `40/s`, `600/m`. */
export type Rate = number | `${number}/s` | `${number}/m`

const durationUnitMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000 }
const rateUnitSeconds: Record<string, number> = { s: 1, m: 60 }

/** Milliseconds of a duration. @throws RangeError that says what a duration looks like. */
export function durationMs(value: Duration | string): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s|m)$/.exec(String(value).trim()) ?? []
  if (amount === undefined) throw new RangeError(`'${value}' is not a duration: write 250ms, 8s or 2m`)
  return Number(amount) * durationUnitMs[unit!]!
}

/** Arrivals per second of a rate. @throws RangeError that says what a rate looks like. */
export function ratePerSecond(value: Rate | string): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*\/\s*(s|m)$/.exec(String(value).trim()) ?? []
  if (amount === undefined) throw new RangeError(`'${value}' is not a rate: write 40/s or 600/m`)
  return Number(amount) / rateUnitSeconds[unit!]!
}

/** A duration for people: `250 ms`, `1.5 s`. */
export function formatMs(ms: number): string {
  if (!Number.isFinite(ms)) return 'never'
  return ms < 1000 ? `${Math.round(ms)} ms` : `${Number((ms / 1000).toFixed(ms < 10_000 ? 2 : 1))} s`
}
