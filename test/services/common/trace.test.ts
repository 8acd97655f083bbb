/** What services say of the requests of a trace, and that they hand it on. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Router } from 'express'
import { expect, it } from 'vitest'
import { budget } from '../../../services/common/budget.ts'
import { readConfig } from '../../../services/common/config.ts'
import { createDownstream } from '../../../services/common/downstream.ts'
import { healthRouter } from '../../../services/common/health.ts'
import { createLog } from '../../../services/common/log.ts'
import { Problem } from '../../../services/common/problem.ts'
import { createApp, startService } from '../../../services/common/service.ts'
import { deadlines } from '../../../services/measures/deadlines.ts'
import { until } from '../gov24/portal.ts'
import { standIn } from './stand-in.ts'

const trace = '0af7651916cd43dd8448eb211c80319c'
const traceparent = `00-${trace}-b7ad6b7169203331-01`

async function service(withDeadlines: boolean) {
  const lines: Record<string, unknown>[] = []
  const log = createLog(
    { SERVICE_NAME: 'saeol', LOG_LEVEL: 'info' },
    { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  )
  const seen: (string | undefined)[] = []
  const other = await standIn((request, response) => {
    seen.push(request.headers.traceparent as string | undefined)
    response.end('{}')
  })
  const config = readConfig('saeol', { PORT: '0' }, {}, {})
  const link = createDownstream({ link: 'saeol→resident', url: other.url, clientTimeoutMs: 1_000, log })
  const router = Router()
  router.get('/on', async (_request, response) => {
    await link.call({ method: 'GET', path: '/' }, budget(response))
    response.json({})
  })
  router.get('/refused', () => {
    throw new Problem(503, 'resident-unavailable', 'the register does not answer')
  })
  router.get('/slow', async (_request, response) => {
    await sleep(600)
    response.json({})
  })
  router.get('/silent', () => {})
  const app = createApp({
    log,
    health: healthRouter({}, 1_000, config),
    routers: [router],
    deadlines: withDeadlines ? deadlines.parameters.parse({}) : undefined,
  })
  const running = await startService({ config, log, app })
  return {
    url: running.url,
    seen,
    told: () => lines.filter((line) => 'trace' in line),
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]()
      await link.close()
      await other[Symbol.asyncDispose]()
    },
  }
}

const ask = (url: string, headers: Record<string, string> = { traceparent }) => fetch(url, { headers })

it.each([true, false])(
  'a trace is handed on, as a request of the one who asks (deadlines: %s)',
  async (on) => {
    await using saeol = await service(on)
    await ask(`${saeol.url}/on`)
    expect(saeol.seen).toEqual([expect.stringMatching(new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`))])
    expect(saeol.seen[0]).not.toBe(traceparent)
    await ask(`${saeol.url}/on`, {})
    await ask(`${saeol.url}/on`, { traceparent: 'ff-no-trace' })
    expect(saeol.seen.slice(1)).toEqual([undefined, undefined])
  },
)

it('a refusal, a long wait and a caller who went are told with the trace, and nothing else', async () => {
  await using saeol = await service(false)
  await ask(`${saeol.url}/on`)
  await ask(`${saeol.url}/refused`, {})
  await ask(`${saeol.url}/refused`)
  await ask(`${saeol.url}/nowhere`)
  await ask(`${saeol.url}/slow`)
  await fetch(`${saeol.url}/silent`, { headers: { traceparent }, signal: AbortSignal.timeout(100) }).catch(
    () => {},
  )
  await until(async () => saeol.told().length >= 4)
  expect(saeol.told()).toMatchObject([
    {
      trace,
      path: '/refused',
      status: 503,
      code: 'resident-unavailable',
      msg: 'the register does not answer',
    },
    { trace, path: '/nowhere', status: 404, code: 'not-found' },
    { trace, path: '/slow', status: 200, msg: 'answered late' },
    { trace, path: '/silent', msg: 'the caller went before the answer' },
  ])
  expect(saeol.told()[3]).not.toHaveProperty('status')
})
