import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startAlternativeSite } from '../../../services/alternative-site/app.ts'
import { readAlternativeSiteConfig } from '../../../services/alternative-site/config.ts'
import { mockTokenOf } from '../../../services/common/callers.ts'
import { mockHealthToken } from '../../../services/common/config.ts'
import type { Service } from '../../../services/common/service.ts'
import { enrolled } from '../../../services/enrolment/cache.ts'
import { startSimpleAuth } from '../../../services/simple-auth/app.ts'
import { type StandIn, standIn } from '../common/stand-in.ts'
import { enrolmentOfTests } from '../fallback/network.ts'
import { approve, type Citizen, citizenOf } from '../gov24/citizen.ts'
import { ofKind } from '../gov24/portal.ts'
import { send } from '../network.ts'

const quiet = { PORT: '0', LOG_LEVEL: 'silent', SERVICE_TIME_MS: '0' }

let provider: Service
let register: StandIn
let kiosk: Service
let own: Citizen
let neighbour: Citizen
let about = (asked: string): string => asked
const seen: { token: string; requester: string }[] = []

beforeAll(async () => {
  const { phonesFile } = await enrolled(enrolmentOfTests)
  provider = await startSimpleAuth({ ...quiet, PHONES_FILE: phonesFile })
  register = await standIn((request, response) => {
    if (request.url === '/health/deep') {
      response.end('{}')
      return
    }
    seen.push({
      token: String(request.headers.authorization),
      requester: String(request.headers['x-requester']),
    })
    response.end(JSON.stringify({ id: about(String(request.url?.split('/').at(-1))), name: '이영진' }))
  })
  kiosk = await startAlternativeSite({
    ...quiet,
    SITE: 'kiosk',
    RESIDENT_URL: register.url,
    SIMPLE_AUTH_URL: provider.url,
  })
  ;[own, neighbour] = await Promise.all([citizenOf(1), citizenOf(2)])
})

afterAll(async () => {
  for (const one of [kiosk, provider, register]) await one?.[Symbol.asyncDispose]()
})

async function challenge(): Promise<string> {
  return String((await send(`${kiosk.url}/challenge`, {})).body.nonce)
}

/** @param more what is sent instead of the own, right part */
async function ask(more: Record<string, unknown> = {}, approved?: ReturnType<typeof approve>) {
  const login = approved ?? approve(own, await challenge(), 'kiosk')
  const body = { ...login, about: own.residentId, serviceId: ofKind('certificate').id, ...more }
  return send(`${kiosk.url}/documents`, body)
}

describe('a kiosk', () => {
  it('gives citizens their own certificate, with the kiosk and the citizen on the register’s record', async () => {
    expect(await ask()).toMatchObject({
      status: 201,
      body: { residentId: own.residentId, document: { id: own.residentId } },
    })
    expect(seen.at(-1)).toEqual({ token: `Bearer ${mockTokenOf('kiosk')}`, requester: own.residentId })
  })

  it('refuses everybody else’s, each for what is wrong', async () => {
    const refusals = {
      'not-about-you': () => ask({ about: neighbour.residentId }),
      'not-approved': async () =>
        ask(
          { about: neighbour.residentId },
          approve({ ...neighbour, secret: own.secret }, await challenge(), 'kiosk'),
        ),
      'wrong-audience': async () => ask({}, approve(own, await challenge(), 'gov24')),
      'unknown-challenge': async () => {
        const approved = approve(own, await challenge(), 'kiosk')
        expect((await ask({}, approved)).status).toBe(201)
        return ask({}, approved)
      },
      'not-here': () => ask({ serviceId: ofKind('look-up').id }),
    }
    for (const [code, attempt] of Object.entries(refusals))
      expect((await attempt()).body, code).toMatchObject({ code })
  })

  it('gives nobody what the register says about another', async () => {
    about = () => neighbour.residentId
    expect(await ask()).toMatchObject({ status: 502, body: { code: 'wrong-subject' } })
    about = (asked) => asked
  })

  it('says to whoever watches that it is open, as long as what it stands on is', async () => {
    const look = () =>
      fetch(`${kiosk.url}/health/deep`, { headers: { authorization: `Bearer ${mockHealthToken}` } })
    expect((await look()).status).toBe(200)
    await using closed = await startAlternativeSite({
      ...quiet,
      SITE: 'call-centre',
      RESIDENT_URL: 'http://127.0.0.1:9',
      SIMPLE_AUTH_URL: provider.url,
    })
    const answer = await fetch(`${closed.url}/health/deep`, {
      headers: { authorization: `Bearer ${mockHealthToken}` },
    })
    expect(await answer.json()).toMatchObject({
      status: 'down',
      checks: { resident: { ok: false }, 'simple-auth': { ok: true } },
    })
    expect((await fetch(`${kiosk.url}/health/deep`)).status).toBe(401)
  })

  it('is one of two', () => {
    expect(() => readAlternativeSiteConfig({ PORT: '0', SITE: 'tent' })).toThrow(/SITE: .*kiosk.*call-centre/)
  })
})
