import { describe, expect, test } from 'vitest'
import { send } from '../network.ts'
import { startProcess } from '../processes.ts'
import { standIn } from './stand-in.ts'

const nobody = 'http://127.0.0.1:9'
const env = { PORT: '0', SAEOL_URL: nobody, RESIDENT_URL: nobody, SIMPLE_AUTH_URL: nobody }

/** The portal needs nobody to start, so it stands for every service here. */
describe('a service as a process', () => {
  test('says where it listens, answers, and stops on SIGTERM with 0', async () => {
    await using portal = startProcess('gov24', { ...env, SERVICE_NAME: 'portal' })
    const { url, service, time } = await portal.event('service.started')
    expect(service).toBe('portal')
    expect(time).toBeTypeOf('number')
    const health = await fetch(`${url}/health`)
    expect(await health.json()).toEqual({ status: 'up' })
    expect((await (await fetch(`${url}/health?bytes=70000`)).text()).length).toBeGreaterThan(70_000)
    expect((await fetch(`${url}/health?bytes=2000000`)).status).toBe(400)
    expect((await fetch(`${url}/nowhere`)).status).toBe(404)
    portal.child.kill('SIGTERM')
    expect(await portal.exited).toEqual({ code: 0, signal: null })
    expect(portal.log.at(-1)).toMatchObject({ event: 'service.stopped' })
  })

  test('finishes what is in hand before it stops', async () => {
    const asked = Promise.withResolvers<void>()
    await using provider = await standIn((request, response) => {
      if (request.url === '/approvals/verify') asked.resolve()
      setTimeout(() => response.end(JSON.stringify({ residentId: 'resident-000001' })), 300)
    })
    await using portal = startProcess('gov24', { ...env, SIMPLE_AUTH_URL: provider.url })
    const { url } = await portal.event('service.started')
    const { body } = await send(`${url}/login/challenge`, {})
    const approval = { audience: 'gov24', nonce: body.nonce, residentId: 'resident-000001', proof: 'AAAA' }
    const answer = send(`${url}/login`, approval)
    await asked.promise
    portal.child.kill('SIGTERM')
    expect((await answer).status).toBe(200)
    expect(await portal.exited).toEqual({ code: 0, signal: null })
  })

  test('stops when the parent that held the channel is gone', async () => {
    await using portal = startProcess('gov24', env, { ipc: true })
    await portal.event('service.started')
    portal.child.disconnect()
    expect(await portal.exited).toEqual({ code: 0, signal: null })
  })

  test('exits 4 with every problem when its configuration is wrong, and starts nothing', async () => {
    await using portal = startProcess('gov24', { SAEOL_URL: 'nonsense', SABOTAGE: 'typo' })
    expect(await portal.exited).toEqual({ code: 4, signal: null })
    for (const variable of ['PORT', 'SAEOL_URL', 'RESIDENT_URL', 'SABOTAGE']) {
      expect(portal.stderr()).toContain(`${variable}: `)
    }
    expect(portal.log).toEqual([])
  })

  test('exits 1 and says why when its port is taken', async () => {
    await using taken = await standIn(() => {})
    await using portal = startProcess('gov24', { ...env, PORT: new URL(taken.url).port })
    expect(await portal.exited).toEqual({ code: 1, signal: null })
    expect(portal.stderr()).toContain('EADDRINUSE')
  })
})
