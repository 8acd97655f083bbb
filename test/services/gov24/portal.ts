import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { mockTokenOf } from '../../../services/common/callers.ts'
import type { LogDestination } from '../../../services/common/log.ts'
import { enrolled } from '../../../services/enrolment/cache.ts'
import { startGov24 } from '../../../services/gov24/app.ts'
import { createCatalogue } from '../../../services/gov24/catalogue.ts'
import { startSimpleAuth } from '../../../services/simple-auth/app.ts'
import { standIn } from '../common/stand-in.ts'
import { enrolmentOfTests } from '../fallback/network.ts'

export interface Entry {
  readonly id: string
  readonly kind: string
  readonly state: string
  readonly alternative?: { readonly channel: string; readonly note: string }
}

/** A system behind the portal whose mood the test sets. */
export async function backend(answer: (path: string) => object) {
  const mood = {
    health: 200 as number | 'silent',
    /** How it answers what it is asked to do. */
    work: 'well' as 'well' | 'silent' | number,
    seen: [] as { path: string; key?: string; token?: string; requester?: string; body?: string }[],
  }
  const server = await standIn(async (request, response) => {
    const path = request.url ?? ''
    if (path === '/health/deep') {
      if (mood.health !== 'silent') response.writeHead(mood.health).end('{}')
      return
    }
    mood.seen.push({
      path,
      key: String(request.headers['idempotency-key']),
      token: String(request.headers.authorization),
      requester: String(request.headers['x-requester']),
      body: await text(request),
    })
    if (mood.work === 'silent') return
    if (mood.work !== 'well') {
      response.writeHead(mood.work).end(JSON.stringify({ code: 'a-code', error: 'in a sentence' }))
      return
    }
    response.writeHead(request.method === 'POST' ? 201 : 200).end(JSON.stringify(answer(path)))
  })
  return { ...server, mood, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

export async function startPortal(env: Record<string, string> = {}, destination?: LogDestination) {
  const saeol = await backend(() => ({ number: '17', receivedAt: '2023-11-17T00:00:00.000Z' }))
  const resident = await backend((path) => ({
    id: decodeURIComponent(path.split('/').at(-1)!),
    name: '이영진',
  }))
  const [kiosk, callCentre] = await Promise.all([backend(() => ({})), backend(() => ({}))])
  const { phonesFile } = await enrolled(enrolmentOfTests)
  const quiet = { PORT: '0', LOG_LEVEL: 'silent', SERVICE_TIME_MS: '0' }
  const provider = await startSimpleAuth({
    ...quiet,
    PHONES_FILE: phonesFile,
    CALLERS: JSON.stringify({ gov24: env.OWN_TOKEN ?? mockTokenOf('gov24') }),
  })
  const portal = await startGov24(
    {
      PORT: '0',
      SAEOL_URL: saeol.url,
      RESIDENT_URL: resident.url,
      SIMPLE_AUTH_URL: provider.url,
      KIOSK_URL: kiosk.url,
      CALL_CENTRE_URL: callCentre.url,
      LOG_LEVEL: 'silent',
      SERVICE_TIME_MS: '0',
      PROBE_INTERVAL_MS: '20',
      PROBE_TIMEOUT_MS: '500',
      ...env,
    },
    destination,
  )
  return {
    url: portal.url,
    saeol,
    resident,
    provider,
    kiosk,
    callCentre,
    async list(): Promise<Entry[]> {
      return ((await (await fetch(`${portal.url}/services`)).json()) as { services: Entry[] }).services
    },
    async [Symbol.asyncDispose]() {
      await portal[Symbol.asyncDispose]()
      await provider[Symbol.asyncDispose]()
      await saeol[Symbol.asyncDispose]()
      for (const other of [resident, kiosk, callCentre]) await other[Symbol.asyncDispose]()
    },
  }
}

export const ofKind = (kind: string) => createCatalogue().find((service) => service.kind === kind)!

export async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 2_000; tries++) {
    if (await holds()) return
    await sleep(10)
  }
  throw new Error(`it never came to be: ${holds}`)
}
