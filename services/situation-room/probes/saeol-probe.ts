import { z } from 'zod'
import { deepHealth } from '../../common/health.ts'
import { ask } from './ask.ts'
import { lateness, stoodStill } from './own-clock.ts'
import type { Reading } from './reading.ts'

const health = z.object({
  checks: z.record(z.string(), z.object({ ok: z.boolean(), error: z.string().optional() })),
})

export interface SaeolReadings {
  /** GPKI as Saeol sees it, over Saeol's link: blind when Saeol cannot say. */
  readonly gpki: Reading
  /** Saeol itself, whatever GPKI does: red when it does not answer or another of its links is broken. */
  readonly saeol: Reading
}

/** Saeol's deep health, through the room's link to Saeol. */
export function createSaeolProbe(options: {
  readonly url: string
  /** For Saeol's deep health. */
  readonly healthToken: string
  readonly timeoutMs: number
}): () => Promise<SaeolReadings> {
  const { path, method, headers } = deepHealth(options.healthToken)
  return async () => {
    const at = Date.now()
    const startedAt = performance.now()
    const reading = (colour: Reading['colour'], error = ''): Reading => ({
      colour,
      at,
      tookMs: Math.round(performance.now() - startedAt),
      error,
    })
    const signal = AbortSignal.timeout(options.timeoutMs)
    try {
      const answer = await ask(`${options.url}${path}`, { method, headers, signal })
      const { checks } = health.parse(JSON.parse(answer.body))
      const { gpki, ...others } = checks
      const broken = Object.entries(others).filter(([, check]) => !check.ok)
      return {
        gpki:
          gpki === undefined
            ? reading('blind', 'Saeol does not say how GPKI is')
            : reading(gpki.ok ? 'green' : 'red', gpki.error),
        saeol:
          broken.length === 0
            ? reading('green')
            : reading('red', broken.map(([name, check]) => `${name}: ${check.error ?? 'failed'}`).join('; ')),
      }
    } catch (error) {
      const { message } = error as Error
      const lateMs = lateness(startedAt, options.timeoutMs)
      if (signal.aborted && lateMs > 0) {
        return { gpki: reading('blind', stoodStill(lateMs)), saeol: reading('blind', stoodStill(lateMs)) }
      }
      return { gpki: reading('blind', `Saeol: ${message}`), saeol: reading('red', message) }
    }
  }
}
