import { Router } from 'express'
import { createBudget } from './budget.ts'
import type { BaseConfig } from './config.ts'
import type { Downstream } from './downstream.ts'
import { requireToken } from './require-token.ts'
import type { Sabotaged } from './sabotage.ts'

/** Real work through a real link; throws when the link does not carry it. Must honour the signal. */
export type DeepCheck = (signal: AbortSignal) => Promise<void>

export interface CheckResult {
  readonly ok: boolean
  readonly tookMs: number
  readonly error?: string
}

const largestPaddingBytes = 1024 * 1024

/** What a service that watches another asks it. */
export function deepHealth(token: string) {
  return { method: 'GET', path: '/health/deep', headers: { authorization: `Bearer ${token}` } } as const
}

/** Deep health of the service at the other end of a link. */
export function isDeeplyHealthy(
  link: Pick<Downstream, 'call'>,
  timeoutMs: number,
  { HEALTH_TOKEN }: Pick<BaseConfig, 'HEALTH_TOKEN'>,
): DeepCheck {
  return async (signal) => {
    const budget = createBudget({ totalMs: timeoutMs, signal })
    const { status } = await link.call(deepHealth(HEALTH_TOKEN), budget)
    if (status !== 200) throw new Error(`it answered ${status}`)
  }
}

/**
 * `GET /health` says only that the process answers: it stays green in a grey failure, as it did in 2023.
 * `GET /health/deep` runs every check, for whoever shows the token: it costs what a user's request costs, or more. All who
 * ask while one look is under way share it, so that many cost no more than one. Neither needs a worker slot.
 * @param timeoutMs longest wait for one deep check
 */
export function healthRouter(
  checks: Readonly<Record<string, DeepCheck>>,
  timeoutMs: number,
  { HEALTH_TOKEN: token }: Pick<BaseConfig, 'HEALTH_TOKEN'>,
  sabotaged: Sabotaged = () => false,
): Router {
  const router = Router()
  let looking: Promise<Record<string, CheckResult>> | undefined
  const look = (): Promise<Record<string, CheckResult>> => {
    looking ??= runAll(checks, timeoutMs).finally(() => {
      looking = undefined
    })
    return looking
  }
  router.get('/health', (request, response, next) => {
    if (sabotaged('health-looks-deep')) return next()
    const bytes = Number(request.query.bytes ?? 0)
    if (!Number.isInteger(bytes) || bytes < 0 || bytes > largestPaddingBytes) {
      response.status(400).json({ error: `bytes must be 0 to ${largestPaddingBytes}`, code: 'bad-request' })
      return
    }
    response.json(bytes === 0 ? { status: 'up' } : { status: 'up', padding: 'x'.repeat(bytes) })
  })
  router.use('/health/deep', requireToken(token, 'this is for those who watch the network', sabotaged))
  router.get(
    sabotaged('health-looks-deep') ? ['/health', '/health/deep'] : '/health/deep',
    async (_request, response) => {
      const results = await look()
      const up = Object.values(results).every((result) => result.ok)
      if (!up) response.setHeader('Retry-After', '1')
      response.status(up ? 200 : 503).json({ status: up ? 'up' : 'down', checks: results })
    },
  )
  return router
}

async function runAll(
  checks: Readonly<Record<string, DeepCheck>>,
  timeoutMs: number,
): Promise<Record<string, CheckResult>> {
  const results = Object.entries(checks).map(
    async ([name, check]) => [name, await run(check, timeoutMs)] as const,
  )
  return Object.fromEntries(await Promise.all(results))
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
