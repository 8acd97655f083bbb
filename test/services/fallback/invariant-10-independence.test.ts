import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Link } from '../link.ts'
import { startPostgres, type TestPostgres } from '../postgres.ts'
import {
  bearer,
  call,
  credentialsOf,
  issue,
  logInByCertificate,
  logInByPassword,
  openFallback,
} from './client.ts'
import { type Network, startNetwork } from './network.ts'

let postgres: TestPostgres

beforeAll(async () => {
  postgres = await startPostgres()
})

afterAll(async () => {
  await postgres?.[Symbol.asyncDispose]()
})

/** Injects a fault; what it returns ends what goes on by itself. */
const faults: [id: string, inject: (network: Network) => Promise<() => Promise<void>>][] = [
  [
    'F1: full-size packets to GPKI are lost',
    async ({ links }) => {
      await Promise.all([links.l4ToGpkiA.set('drop-large'), links.l4ToGpkiB.set('drop-large')])
      return async () => {}
    },
  ],
  ['F2: the switch flaps', async ({ links }) => flap(links.saeolToL4)],
  [
    'F4: GPKI accepts and never answers',
    async ({ links }) => {
      await Promise.all([links.l4ToGpkiA.set('stall'), links.l4ToGpkiB.set('stall')])
      return async () => {}
    },
  ],
]

async function flap(link: Link): Promise<() => Promise<void>> {
  const over = new AbortController()
  await link.set('stall')
  const flapping = (async () => {
    for (let turn = 0; !over.signal.aborted; turn++) {
      await sleep(150)
      await link.set(turn % 2 === 0 ? 'cut' : 'stall')
    }
  })()
  return () => {
    over.abort()
    return flapping
  }
}

describe('invariant 10: the password login does not share the fault', () => {
  it.each(faults)('logs in and issues during %s, though every worker waits for GPKI', async (id, inject) => {
    // Without deadlines: nothing else frees Saeol's workers for thirty seconds. The clients here wait for ten.
    await using network = await startNetwork({ databaseUrl: await postgres.createDatabase() })
    const stop = await inject(network)
    try {
      const waiting = Array.from({ length: 30 }, () =>
        logInByCertificate(network, network.nextOfficial(), 20_000).then(
          ({ status, body }) => ({ status, code: body?.code }),
          () => ({ status: 0, code: 'no answer' }),
        ),
      )
      await sleep(1_000)
      const opening = await openFallback(network)
      expect(opening.status).toBe(201)

      const logins = await Promise.all(
        Array.from({ length: 10 }, () => logInByPassword(network, credentialsOf(network.nextOfficial()))),
      )
      for (const { status, body } of logins) {
        expect(status).toBe(200)
        const certificate = await issue(network, body.session)
        expect(certificate.status).toBe(201)
      }
      // Who was waiting is told at once what to do instead.
      const told = await Promise.all(waiting)
      for (const { status } of told) expect([503, 504]).toContain(status)
      if (!id.startsWith('F2')) expect(told.map(({ code }) => code)).toContain('use-password-login')
    } finally {
      await stop()
    }
  })

  it('has workers of its own, for where certificates are still waited for', async () => {
    await using network = await startNetwork({ databaseUrl: await postgres.createDatabase() })
    await network.links.saeolToL4.set('stall')
    const waiting = Array.from({ length: 30 }, () =>
      logInByCertificate(network, network.officialOf('jung'), 10_000).catch(() => 'gave up'),
    )
    await sleep(1_000)
    await openFallback(network, { scope: { system: 'saeol', offices: ['jongno'] } })
    const login = await logInByPassword(network, credentialsOf(network.officialOf('jongno')))
    expect(login.status).toBe(200)
    await network.links.saeolToL4.set('cut')
    await Promise.all(waiting)
  })

  it('lets a few logins by certificate through, so that recovery can be seen', async () => {
    await using network = await startNetwork({ databaseUrl: await postgres.createDatabase() })
    await openFallback(network)
    expect((await logInByCertificate(network, network.nextOfficial())).status).toBe(200)
  })

  it('shares the fault when the road around GPKI is not there', async () => {
    await using network = await startNetwork({ databaseUrl: await postgres.createDatabase(), measure: false })
    const { body: before } = await logInByCertificate(network, network.nextOfficial())
    await network.links.saeolToL4.set('stall')
    const waiting = Array.from({ length: 25 }, () =>
      logInByCertificate(network, network.nextOfficial(), 2_000).catch(() => 'gave up'),
    )
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['gave up']))
    // Every worker still waits, for nobody: a certificate finds none; a stranger takes none, and is told at once.
    const url = `${network.saeolUrl}/certificates`
    const certificate = call(url, { body: {}, headers: bearer(before.session), timeoutMs: 1_000 })
    await expect(certificate).rejects.toThrow()
    expect((await call(url, { body: {}, headers: bearer('a-stranger') })).status).toBe(401)
  })
})
