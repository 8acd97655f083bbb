/** What the room sees of GPKI and of Saeol. */
import type { RequestListener } from 'node:http'
import { beforeAll, describe, expect, it } from 'vitest'
import { type EnrolledFiles, enrolled } from '../../../services/enrolment/cache.ts'
import { readRoom } from '../../../services/enrolment/room.ts'
import { createGpkiProbe } from '../../../services/situation-room/probes/gpki-probe.ts'
import { createSaeolProbe } from '../../../services/situation-room/probes/saeol-probe.ts'
import { enrolmentOfTests } from '../fallback/network.ts'
import { onlySwitch } from '../only-switch.ts'
import { fails, ok, serve } from './a-room.ts'

let files: EnrolledFiles

beforeAll(async () => {
  files = await enrolled(enrolmentOfTests)
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
      const readings = await createSaeolProbe({
        url: await serve(listener),
        healthToken: 'a-token',
        timeoutMs,
      })()
      expect(readings).toMatchObject({ gpki: { colour: ofGpki }, saeol: { colour: ofSaeol } })
    },
  )

  it('see nothing while their own process stands still', async () => {
    const { probe: identity } = await readRoom(files.roomFile)
    const url = await serve(() => {})
    const readings = [
      createGpkiProbe({ switches: onlySwitch(url), identity, token, timeoutMs })(),
      createSaeolProbe({ url, healthToken: 'a-token', timeoutMs })(),
    ]
    const until = performance.now() + timeoutMs + 300
    while (performance.now() < until) {}
    const [gpki, saeolReadings] = await Promise.all(readings)
    expect(gpki).toMatchObject({ colour: 'blind' })
    expect(saeolReadings).toMatchObject({ gpki: { colour: 'blind' }, saeol: { colour: 'blind' } })
  })
})
