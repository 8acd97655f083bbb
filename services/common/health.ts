import { Router } from 'express'
import type { Sabotaged } from './sabotage.ts'

/** Real work through a real link; throws when the link does not carry it. Must honour the signal. */
export type DeepCheck = (signal: AbortSignal) => Promise<void>

export interface CheckResult {
  readonly ok: boolean
  readonly tookMs: number
  readonly error?: string
}

const largestPaddingBytes = 1024 * 1024

/**
 * `GET /health` says only that the process answers: it stays green in a grey failure, as it did in 2023.
 * `GET /health/deep` runs every check. Neither needs a worker slot.
 * @param timeoutMs longest wait for one deep check
 */
export function healthRouter(
  checks: Readonly<Record<string, DeepCheck>>,
  timeoutMs: number,
  sabotaged: Sabotaged = () => false,
): Router {
  const router = Router()
  router.get('/health', (request, response, next) => {
    if (sabotaged('health-looks-deep')) return next()
    const bytes = Number(request.query.bytes ?? 0)
    if (!Number.isInteger(bytes) || bytes < 0 || bytes > largestPaddingBytes) {
      response.status(400).json({ error: `bytes must be 0 to ${largestPaddingBytes}`, code: 'bad-request' })
      return
    }
    response.json(bytes === 0 ? { status: 'up' } : { status: 'up', padding: 'x'.repeat(bytes) })
  })
  router.get(
    sabotaged('health-looks-deep') ? ['/health', '/health/deep'] : '/health/deep',
    async (_request, response) => {
      const results = Object.fromEntries(
        await Promise.all(
          Object.entries(checks).map(async ([name, check]) => [name, await run(check, timeoutMs)] as const),
        ),
      )
      const up = Object.values(results).every((result) => result.ok)
      if (!up) response.setHeader('Retry-After', '1')
      response.status(up ? 200 : 503).json({ status: up ? 'up' : 'down', checks: results })
    },
  )
  return router
}

async function run(check: DeepCheck, timeoutMs: number): Promise<CheckResult> {
  const startedAt = performance.now()
  const tookMs = () => Math.round(performance.now() - startedAt)
  const signal = AbortSignal.timeout(timeoutMs)
  const timedOut = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error(`no answer within ${timeoutMs} ms`)), {
      once: true,
    })
  })
  try {
    // A check that ignores its signal must not hold the probe longer than promised.
    await Promise.race([check(signal), timedOut])
    return { ok: true, tookMs: tookMs() }
  } catch (error) {
    return { ok: false, tookMs: tookMs(), error: (error as Error).message }
  }
}
