import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type EnrolledFiles, enrolled } from '../../../services/enrolment/cache.ts'
import { readRegister } from '../../../services/enrolment/register.ts'
import { readRoom } from '../../../services/enrolment/room.ts'
import { verifyApprovals } from '../../../services/saeol/fallback/approvals.ts'
import { startSituationRoom } from '../../../services/situation-room/app.ts'
import { mockWatchToken } from '../../../services/situation-room/config.ts'
import { createGpkiProbe } from '../../../services/situation-room/probes/gpki-probe.ts'
import { createSaeolProbe } from '../../../services/situation-room/probes/saeol-probe.ts'
import { roomFiles } from '../duty.ts'
import { call } from '../fallback/client.ts'
import { type Event, enrolmentOfTests } from '../fallback/network.ts'
import { onlySwitch } from '../only-switch.ts'
import { startProcess } from '../processes.ts'

const watcher = { headers: { authorization: `Bearer ${mockWatchToken}` } }
const servers: Server[] = []
let files: EnrolledFiles

beforeAll(async () => {
  files = await enrolled(enrolmentOfTests)
})

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

interface Heard {
  readonly path: string
  readonly body: Record<string, unknown>
  /** Epoch ms. */
  readonly at: number
}

/** A Saeol that says what it is told to, and remembers what it was asked. */
async function saeol(
  state: { gpki: boolean; postgres: boolean; refuses: boolean },
  reports: readonly { office: string; from: string; to: string }[] = [],
) {
  const heard: Heard[] = []
  const url = await serve(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const path = request.url ?? ''
    const answer = (status: number, body: unknown) => response.writeHead(status).end(JSON.stringify(body))
    if (path === '/health/deep') {
      answer(state.gpki && state.postgres ? 200 : 503, {
        checks: { gpki: { ok: state.gpki }, postgres: { ok: state.postgres } },
      })
      return
    }
    if (request.method === 'GET') {
      answer(200, path === '/fallback' ? { state: 'closed' } : { outageWindows: [], troubleReports: reports })
      return
    }
    heard.push({ path, body: JSON.parse(text), at: Date.now() })
    if (state.refuses) answer(503, { error: 'not now', code: 'no' })
    else
      answer(201, {
        id: '7',
        openedAt: new Date().toISOString(),
        expiresAt: new Date(Date.now() + 60_000).toISOString(),
      })
  })
  return { url, heard, asked: (path: string) => heard.filter((each) => each.path === path) }
}

async function room(saeolUrl: string, gpkiUrl: string, more: Record<string, string> = {}) {
  const events: Event[] = []
  const service = await startSituationRoom(
    {
      PORT: '0',
      SAEOL_URL: saeolUrl,
      GPKI_URL: gpkiUrl,
      ...roomFiles(files),
      PROBE_INTERVAL_MS: '50',
      PROBE_TIMEOUT_MS: '150',
      CONSEQUENCES_MS: '400',
      MEASURE_PASSWORD_FALLBACK: JSON.stringify({ reactionMs: 10, holdDownMs: 200, openForMs: 30_000 }),
      ...more,
    },
    { write: (line) => events.push(JSON.parse(line) as Event) },
  )
  const names = () =>
    events.flatMap(({ event, alarm }) =>
      /^alarm\.(raised|cleared)$/.test(event ?? '') ? [`${alarm} ${event}`] : [],
    )
  return Object.assign(service, { names, events })
}

const ok: RequestListener = (_request, response) => response.writeHead(200).end('{}')
const fails: RequestListener = (_request, response) => response.writeHead(503).end('{}')

describe('situation-room', () => {
  it('has an opening and an outage signed by two officers, over what they are for', async () => {
    const state = { gpki: true, postgres: true, refuses: false }
    let listener = ok
    const gpki = await serve((request, response) => listener(request, response))
    const there = await saeol(state)
    await using watching = await room(there.url, gpki)
    await sleep(300)
    listener = fails
    state.gpki = false
    await expect.poll(() => there.asked('/fallback/open').length, { timeout: 5_000 }).toBe(1)
    await expect.poll(() => there.asked('/outage-windows').length, { timeout: 5_000 }).toBe(1)
    expect(watching.names()).toEqual(['gpki alarm.raised'])

    const { dutyOfficers } = await readRegister(files.registerFile)
    const { approvals, ...asked } = there.asked('/fallback/open')[0]!.body
    const subject = { action: 'open-fallback', ...asked }
    expect(verifyApprovals({ dutyOfficers, subject, approvals: approvals as [] })).toMatchObject({ ok: true })
    expect(asked).toMatchObject({
      scope: { system: 'saeol', offices: ['*'] },
      vantagePoints: [{ name: 'situation-room' }, { name: 'saeol' }],
    })
    expect(Number(asked.expiresAt)).toBeGreaterThan(Date.now() + 20_000)
    for (const path of ['/status', '/alarms']) {
      expect((await call(`${watching.url}${path}`)).status).toBe(401)
    }
    expect((await call(`${watching.url}/status`, watcher)).body).toMatchObject({
      gpki: { alarm: { name: 'gpki' } },
      opening: { id: '7' },
    })

    listener = ok
    state.gpki = true
    await expect.poll(() => there.asked('/fallback/close').length, { timeout: 5_000 }).toBe(1)
    expect(there.asked('/fallback/close')[0]!.body).toMatchObject({ opening: '7' })
    await expect.poll(() => there.asked('/outage-windows').length, { timeout: 5_000 }).toBe(2)
    const [declared, ended] = there.asked('/outage-windows').map(({ body }) => body)
    expect(declared).toMatchObject({ system: 'saeol', office: '*', to: null })
    expect(ended).toMatchObject({ from: declared!.from, to: expect.any(String) })
    // Clerks log in anew once the door is closed: until they have, visitors may still be sent home.
    const closed = there.asked('/fallback/close')[0]!.at
    expect(Date.parse(String(ended!.to))).toBeGreaterThanOrEqual(closed + 400)
    expect((await call(`${watching.url}/alarms`, watcher)).body.alarms).toMatchObject([
      { name: 'gpki', clearedAt: expect.any(Number) },
    ])
  })

  it('raises the alarm and declares the outage without the measure, and opens nothing', async () => {
    const there = await saeol({ gpki: false, postgres: true, refuses: false })
    const gpki = await serve(fails)
    const { MEASURE_PASSWORD_FALLBACK: _, ...env } = {
      MEASURE_PASSWORD_FALLBACK: '',
      PORT: '0',
      SAEOL_URL: there.url,
      GPKI_URL: gpki,
      ...roomFiles(files),
      PROBE_INTERVAL_MS: '50',
    }
    const events: string[] = []
    await using _room = await startSituationRoom(env, {
      write: (line) => events.push(JSON.parse(line).event),
    })
    await expect.poll(() => there.asked('/outage-windows').length, { timeout: 10_000 }).toBe(1)
    expect(events).toContain('alarm.raised')
    expect(there.asked('/fallback/open')).toEqual([])
  })

  it('tries again when Saeol refuses or cannot be reached', async () => {
    const state = { gpki: true, postgres: true, refuses: true }
    const there = await saeol(state)
    let listener = ok
    const gpki = await serve((request, response) => listener(request, response))
    await using watching = await room(there.url, gpki)
    await sleep(300)
    listener = fails
    state.gpki = false
    await expect.poll(() => there.asked('/fallback/open').length, { timeout: 5_000 }).toBeGreaterThan(1)
    const nonces = there.asked('/fallback/open').map(({ body }) => body.nonce)
    expect(new Set(nonces).size).toBe(nonces.length)
    state.refuses = false
    const status = async () => (await call(`${watching.url}/status`, watcher)).body.opening
    await expect.poll(status, { timeout: 5_000 }).toMatchObject({ id: '7' })
  })

  it('tells an outage of Saeol from one of GPKI: that opens nothing, but is declared', async () => {
    const state = { gpki: true, postgres: true, refuses: false }
    const there = await saeol(state)
    await using watching = await room(there.url, await serve(ok))
    await sleep(300)
    state.postgres = false
    await expect.poll(watching.names, { timeout: 5_000 }).toEqual(['saeol alarm.raised'])
    await expect.poll(() => there.asked('/outage-windows').length, { timeout: 5_000 }).toBe(1)
    state.postgres = true
    await expect
      .poll(watching.names, { timeout: 5_000 })
      .toEqual(['saeol alarm.raised', 'saeol alarm.cleared'])
    expect(there.asked('/fallback/open')).toEqual([])
  })

  it('has the next desks acknowledge and sign where the bell of the first is muted', async () => {
    const state = { gpki: true, postgres: true, refuses: false }
    let listener = ok
    const gpki = await serve((request, response) => listener(request, response))
    const there = await saeol(state)
    const measure = { reactionMs: 10, ackWithinMs: 400, holdDownMs: 200, openForMs: 30_000 }
    await using watching = await room(there.url, gpki, { MEASURE_PASSWORD_FALLBACK: JSON.stringify(measure) })
    const mute = (options: object) =>
      call(`${watching.url}/desks/1`, { method: 'PATCH', body: { muted: true }, ...options })
    expect((await mute({})).status).toBe(401)
    expect((await mute(watcher)).body).toEqual({ desk: 1, muted: true })
    await sleep(300)
    listener = fails
    state.gpki = false
    await expect.poll(() => there.asked('/fallback/open').length, { timeout: 5_000 }).toBe(1)
    expect(there.asked('/fallback/open')[0]!.body.approvals).toMatchObject([
      { officer: 'duty-officer-2' },
      { officer: 'duty-officer-3' },
    ])
    const told = (event: string) => watching.events.filter((line) => line.event === event)
    expect(told('alarm.escalated')).toMatchObject([{ alarm: 'gpki', desk: 1, next: 2 }])
    expect(told('alarm.acknowledged')).toMatchObject([{ alarm: 'gpki', officer: 'duty-officer-2' }])
  })

  it('says that it is blind where Saeol does not tell how GPKI is, and declares nothing for it', async () => {
    const heard: string[] = []
    const tellsNothing = await serve((request, response) => {
      if (request.method === 'POST') heard.push(request.url ?? '')
      const body = request.url === '/health/deep' ? { checks: {} } : { state: 'closed', outageWindows: [] }
      response.writeHead(200).end(JSON.stringify({ ...body, troubleReports: [] }))
    })
    await using watching = await room(tellsNothing, await serve(ok))
    const events = () => watching.events.map(({ event }) => event)
    await expect.poll(events, { timeout: 5_000 }).toContain('blindness.raised')
    expect((await call(`${watching.url}/status`, watcher)).body.blind.alarm).toMatchObject({ name: 'blind' })
    expect(watching.names()).toEqual([])
    expect(heard).toEqual([])
  })

  it('has the outage of one office declared that its counter reported, as long as it was', async () => {
    const from = '2023-11-17T01:00:00.000Z'
    const to = '2023-11-17T01:00:07.000Z'
    const state = { gpki: true, postgres: true, refuses: false }
    const there = await saeol(state, [{ office: 'jongno', from, to }])
    await using _room = await room(there.url, await serve(ok))
    await expect.poll(() => there.asked('/outage-windows').length, { timeout: 5_000 }).toBeGreaterThan(0)
    const { approvals, ...window } = there.asked('/outage-windows')[0]!.body
    expect(window).toEqual({ system: 'saeol', office: 'jongno', from, to })
    const { dutyOfficers } = await readRegister(files.registerFile)
    const subject = { action: 'declare-outage', ...window }
    expect(verifyApprovals({ dutyOfficers, subject, approvals: approvals as [] })).toMatchObject({ ok: true })
  })

  it('runs as a process of its own', async () => {
    const there = await saeol({ gpki: true, postgres: true, refuses: false })
    const env = { PORT: '0', SAEOL_URL: there.url, GPKI_URL: await serve(ok), ...roomFiles(files) }
    await using process = startProcess('situation-room', env)
    const { url } = await process.event('service.started')
    expect((await call(`${url}/health`)).status).toBe(200)
    expect((await call(`${url}/health/deep`)).status).toBe(200)
    process.child.kill('SIGTERM')
    expect((await process.exited).code).toBe(0)
  })
})

describe('the probes', () => {
  const timeoutMs = 300
  const token = 'a-token-of-the-room'

  it.each([
    ['a verification that passes', ok, 'green'],
    ['one that is refused', fails, 'red'],
    ['one that is not answered', () => {}, 'red'],
    ['a connection that is reset', (request) => void request.socket.resetAndDestroy(), 'red'],
  ] as [string, RequestListener, string][])('of GPKI: %s', async (_what, listener, colour) => {
    const { probe: identity } = await readRoom(files.roomFile)
    let authorization: string | undefined
    let signedBytes = 0
    let bytes = 0
    const url = await serve((request, response) => {
      signedBytes = Number(request.headers['content-length'])
      bytes = request.socket.bytesRead
      authorization = request.headers.authorization
      listener(request, response)
    })
    expect((await createGpkiProbe({ switches: onlySwitch(url), identity, token, timeoutMs })()).colour).toBe(
      colour,
    )
    expect(signedBytes).toBeGreaterThan(1_500)
    expect(authorization).toBe(`Bearer ${token}`)
    // Of the head at least: several full-size packets, so that one that gets through by luck does not make it green.
    expect(bytes).toBeGreaterThan(5 * 1_448)
  })

  const says =
    (checks: unknown): RequestListener =>
    (_request, response) =>
      void response.end(JSON.stringify({ checks }))
  it.each([
    ['all is well', says({ gpki: { ok: true }, postgres: { ok: true } }), 'green', 'green'],
    ['GPKI is out', says({ gpki: { ok: false, error: 'x' }, postgres: { ok: true } }), 'red', 'green'],
    ['PostgreSQL is out', says({ gpki: { ok: true }, postgres: { ok: false } }), 'green', 'red'],
    ['nothing of GPKI', says({ postgres: { ok: true } }), 'blind', 'green'],
    ['nonsense', (_request, response) => void response.end('<html>'), 'blind', 'red'],
    ['nothing', () => {}, 'blind', 'red'],
  ] as [string, RequestListener, string, string][])(
    'of Saeol: it says %s',
    async (_what, listener, ofGpki, ofSaeol) => {
      const readings = await createSaeolProbe({ url: await serve(listener), timeoutMs })()
      expect(readings).toMatchObject({ gpki: { colour: ofGpki }, saeol: { colour: ofSaeol } })
    },
  )

  it('see nothing while their own process stands still', async () => {
    const { probe: identity } = await readRoom(files.roomFile)
    const url = await serve(() => {})
    const readings = [
      createGpkiProbe({ switches: onlySwitch(url), identity, token, timeoutMs })(),
      createSaeolProbe({ url, timeoutMs })(),
    ]
    const until = performance.now() + timeoutMs + 300
    while (performance.now() < until) {}
    const [gpki, saeolReadings] = await Promise.all(readings)
    expect(gpki).toMatchObject({ colour: 'blind' })
    expect(saeolReadings).toMatchObject({ gpki: { colour: 'blind' }, saeol: { colour: 'blind' } })
  })
})
