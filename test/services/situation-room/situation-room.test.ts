import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { type EnrolledFiles, enrolled } from '../../../services/enrolment/cache.ts'
import { readRegister } from '../../../services/enrolment/register.ts'
import { verifyApprovals } from '../../../services/saeol/fallback/approvals.ts'
import { startSituationRoom } from '../../../services/situation-room/app.ts'
import { mockWatchToken } from '../../../services/situation-room/config.ts'
import { roomFiles } from '../duty.ts'
import { call } from '../fallback/client.ts'
import { type Event, enrolmentOfTests } from '../fallback/network.ts'
import { startProcess } from '../processes.ts'
import { watcher as healthWatcher } from '../watcher.ts'
import { fails, ok, saeol, serve } from './a-room.ts'

const watcher = { headers: { authorization: `Bearer ${mockWatchToken}` } }

let files: EnrolledFiles

beforeAll(async () => {
  files = await enrolled(enrolmentOfTests)
})

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
    await expect.poll(() => there.asked('/fallback/open').length).toBe(1)
    await expect.poll(() => there.asked('/outage-windows').length).toBe(1)
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
    await expect.poll(() => there.asked('/fallback/close').length).toBe(1)
    expect(there.asked('/fallback/close')[0]!.body).toMatchObject({ opening: '7' })
    await expect.poll(() => there.asked('/outage-windows').length).toBe(2)
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
    await expect.poll(() => there.asked('/outage-windows').length).toBe(1)
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
    await expect.poll(() => there.asked('/fallback/open').length).toBeGreaterThan(1)
    const nonces = there.asked('/fallback/open').map(({ body }) => body.nonce)
    expect(new Set(nonces).size).toBe(nonces.length)
    state.refuses = false
    const status = async () => (await call(`${watching.url}/status`, watcher)).body.opening
    await expect.poll(status).toMatchObject({ id: '7' })
  })

  it('tells an outage of Saeol from one of GPKI: that opens nothing, but is declared', async () => {
    const state = { gpki: true, postgres: true, refuses: false }
    const there = await saeol(state)
    await using watching = await room(there.url, await serve(ok))
    await sleep(300)
    state.postgres = false
    await expect.poll(watching.names).toEqual(['saeol alarm.raised'])
    await expect.poll(() => there.asked('/outage-windows').length).toBe(1)
    state.postgres = true
    await expect.poll(watching.names).toEqual(['saeol alarm.raised', 'saeol alarm.cleared'])
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
    await expect.poll(() => there.asked('/fallback/open').length).toBe(1)
    expect(there.asked('/fallback/open')[0]!.body.approvals).toMatchObject([
      { officer: 'duty-officer-2' },
      { officer: 'duty-officer-3' },
    ])
    const told = (event: string) => watching.events.filter((line) => line.event === event)
    expect(told('alarm.escalated')).toMatchObject([{ alarm: 'gpki', desk: 1, next: 2 }])
    expect(told('alarm.acknowledged')).toMatchObject([{ alarm: 'gpki', officer: 'duty-officer-2' }])
  })

  it('looks at night only where it is manned then, and looks on when the day shift comes in', async () => {
    for (const night of [false, true]) {
      const state = { gpki: true, postgres: true, refuses: false }
      let listener = ok
      const gpki = await serve((request, response) => listener(request, response))
      const there = await saeol(state)
      await using watching = await room(
        there.url,
        gpki,
        night ? { MEASURE_SITUATION_ROOM: '{"handoverMs":50}' } : {},
      )
      const shift = (dayShift: boolean, options: object = watcher) =>
        call(`${watching.url}/shift`, { method: 'PATCH', body: { dayShift }, ...options })
      const raised = () => watching.events.filter(({ event }) => event === 'alarm.raised').length
      await sleep(300)
      expect((await shift(false, {})).status).toBe(401)
      expect((await shift(false)).body).toEqual({ dayShift: false, manned: false })
      listener = fails
      state.gpki = false
      await sleep(600)
      expect(raised()).toBe(night ? 1 : 0)
      expect((await shift(true)).body).toEqual({ dayShift: true, manned: true })
      await expect.poll(raised).toBe(1)
    }
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
    await expect.poll(events).toContain('blindness.raised')
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
    await expect.poll(() => there.asked('/outage-windows').length).toBeGreaterThan(0)
    const { approvals, ...window } = there.asked('/outage-windows')[0]!.body
    expect(window).toEqual({ system: 'saeol', office: 'jongno', from, to })
    const { dutyOfficers } = await readRegister(files.registerFile)
    const subject = { action: 'declare-outage', ...window }
    expect(verifyApprovals({ dutyOfficers, subject, approvals: approvals as [] })).toMatchObject({ ok: true })
  })

  it('opens the password login before the officers have looked at what every office reported', async () => {
    const reports = ['jongno', 'jung', 'yongsan', 'seongdong', 'gwangjin'].map((office) => ({
      office,
      from: '2023-11-17T01:00:00.000Z',
      to: '2023-11-17T01:00:07.000Z',
    }))
    const state = { gpki: true, postgres: true, refuses: false }
    const there = await saeol(state, reports)
    let listener = ok
    const gpki = await serve((request, response) => listener(request, response))
    const reactionMs = 500
    const measure = { reactionMs, holdDownMs: 200, openForMs: 30_000 }
    await using _room = await room(there.url, gpki, { MEASURE_PASSWORD_FALLBACK: JSON.stringify(measure) })
    await expect.poll(() => there.asked('/outage-windows').length).toBeGreaterThan(0)
    listener = fails
    state.gpki = false
    await expect.poll(() => there.asked('/fallback/open').length).toBe(1)
    const [opened] = there.asked('/fallback/open')
    const before = there.asked('/outage-windows').filter(({ at }) => at < opened!.at)
    expect(before.length).toBeLessThan(reports.length)
  })

  it('runs as a process of its own', async () => {
    const there = await saeol({ gpki: true, postgres: true, refuses: false })
    const env = { PORT: '0', SAEOL_URL: there.url, GPKI_URL: await serve(ok), ...roomFiles(files) }
    await using process = startProcess('situation-room', env)
    const { url } = await process.event('service.started')
    expect((await call(`${url}/health`)).status).toBe(200)
    expect((await call(`${url}/health/deep`, healthWatcher)).status).toBe(200)
    process.child.kill('SIGTERM')
    expect((await process.exited).code).toBe(0)
  })
})
