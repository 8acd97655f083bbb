/** Share of the visits that were served in every arm of which spans are kept. */
export const keptShare = 0.1

/** Trace ids whose last 14 digits are at least this are kept: the threshold of OpenTelemetry's consistent sampling. */
const leastDigits = Math.round((1 - keptShare) * 2 ** 56)
  .toString(16)
  .padStart(14, '0')

/** The rule, as it stands on the resource of every arm. */
export const samplingRule = `not served in some arm of the scenario, else trace id ends in ${leastDigits} or higher`

/** Why a visit is kept. `by-trace-id` stands for 1 / {@link keptShare} visits, the others for themselves. */
export type Kept = 'not-served' | 'not-served-in-another-arm' | 'by-trace-id'

/** Whether a visit that was served everywhere is kept: by its trace id alone, so in every arm and every repeat. */
export function isSampled(traceId: string): boolean {
  return traceId.slice(-14) >= leastDigits
}

/** Visits by scenario, stream and number, a bit each: ten million take little more than a megabyte. */
export function visitSet(): {
  add(scenario: string, stream: string, n: number): void
  has(scenario: string, stream: string, n: number): boolean
} {
  const bits = new Map<string, Uint8Array>()
  const keyOf = (scenario: string, stream: string): string => JSON.stringify([scenario, stream])
  return {
    add(scenario, stream, n) {
      const key = keyOf(scenario, stream)
      const byte = n >> 3
      let held = bits.get(key) ?? new Uint8Array(64)
      if (byte >= held.length) {
        const larger = new Uint8Array(Math.max(byte + 1, 2 * held.length))
        larger.set(held)
        held = larger
      }
      held[byte]! |= 1 << (n & 7)
      bits.set(key, held)
    },
    has: (scenario, stream, n) => ((bits.get(keyOf(scenario, stream))?.[n >> 3] ?? 0) & (1 << (n & 7))) !== 0,
  }
}
