import type { Segment } from './normality.ts'
import { ask } from './probes/ask.ts'
import type { Reading } from './probes/reading.ts'
import type { SaeolReadings } from './probes/saeol-probe.ts'

/**
 * The ways to GPKI that the room can test: its own, and Saeol's. Both go through the port in front of the switch, so where
 * both fail it is that port or what lies behind it; where one does, its own line.
 */
export function createSegments(options: {
  readonly gpkiUrl: string
  readonly saeolUrl: string
  readonly timeoutMs: number
  readonly probeGpki: () => Promise<Reading>
  readonly probeSaeol: () => Promise<SaeolReadings>
}): readonly Segment[] {
  const { gpkiUrl, saeolUrl, timeoutMs, probeGpki, probeSaeol } = options
  return [
    { name: 'situation-room→l4→gpki', short: () => ping(gpkiUrl, timeoutMs), fullSize: probeGpki },
    {
      name: 'saeol→l4→gpki',
      short: () => ping(saeolUrl, timeoutMs),
      fullSize: async () => (await probeSaeol()).gpki,
    },
  ]
}

/** What a status page asks: it fits into one packet. */
async function ping(url: string, timeoutMs: number): Promise<Reading> {
  const at = Date.now()
  const startedAt = performance.now()
  const reading = (colour: Reading['colour'], error: string): Reading => ({
    colour,
    at,
    tookMs: Math.round(performance.now() - startedAt),
    error,
  })
  try {
    const { status } = await ask(`${url}/health`, { method: 'GET', signal: AbortSignal.timeout(timeoutMs) })
    return status === 200 ? reading('green', '') : reading('red', `it answered ${status}`)
  } catch (error) {
    return reading('red', (error as Error).message)
  }
}
