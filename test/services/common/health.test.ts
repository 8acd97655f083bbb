/** Deep health: for those who watch the network, and one look at a time however many ask. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mockHealthToken, readConfig } from '../../../services/common/config.ts'
import { healthRouter } from '../../../services/common/health.ts'
import { createLog } from '../../../services/common/log.ts'
import { createApp, type Service, startService } from '../../../services/common/service.ts'
import { askDeep } from '../watcher.ts'

let looks = 0
let atOnce = 0
let most = 0
let fails = false
let service: Service

beforeAll(async () => {
  const log = createLog({ SERVICE_NAME: 'test', LOG_LEVEL: 'silent' })
  const look = async (): Promise<void> => {
    looks += 1
    most = Math.max(most, ++atOnce)
    await new Promise((resolve) => setTimeout(resolve, 50))
    atOnce -= 1
    if (fails) throw new Error('it does not carry')
  }
  const config = readConfig('test', { PORT: '0' }, {}, {})
  const app = createApp({
    log,
    health: healthRouter({ link: look }, 1_000, config),
    routers: [],
    deadlines: undefined,
  })
  service = await startService({ config, log, app })
})
afterAll(() => service?.[Symbol.asyncDispose]())

describe('/health/deep', () => {
  it.each([undefined, 'Bearer a guess', `Basic ${mockHealthToken}`])(
    'is shut to whoever shows %s, and looks at nothing',
    async (shown) => {
      const before = looks
      const headers: Record<string, string> = shown === undefined ? {} : { authorization: shown }
      expect((await fetch(`${service.url}/health/deep`, { headers })).status).toBe(401)
      expect((await fetch(`${service.url}/health`)).status).toBe(200)
      expect(looks).toBe(before)
    },
  )

  it('looks once at a time for all who ask, and anew for whoever asks later', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => askDeep(service.url)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(most).toBe(1)
    expect(looks).toBeLessThan(10)
    const before = looks
    fails = true
    expect((await askDeep(service.url)).status).toBe(503)
    expect(looks).toBe(before + 1)
  })
})
