import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startPostgres, type TestPostgres } from '../postgres.ts'
import { call, credentialsOf, issue, logInByCertificate, logInByPassword, openFallback } from './client.ts'
import { type Network, startNetwork } from './network.ts'

let postgres: TestPostgres

beforeAll(async () => {
  postgres = await startPostgres()
})

afterAll(async () => {
  await postgres?.[Symbol.asyncDispose]()
})

/**
 * What a login may take while the fault lasts, in ms: the 800 ms of the scenario with room for a busy machine,
 * and far below the 30 s for which a login by certificate waits without deadlines.
 */
const patienceMs = 5_000

const faults: [id: string, inject: (network: Network, signal: AbortSignal) => void][] = [
  [
    'F1: full-size packets to GPKI are lost',
    ({ links }) => {
      links.l4ToGpkiA.mode = 'drop-large'
      links.l4ToGpkiB.mode = 'drop-large'
    },
  ],
  ['F2: the switch flaps', ({ links }, signal) => void flap(links.saeolToL4, signal)],
  [
    'F4: GPKI accepts and never answers',
    ({ links }) => {
      links.l4ToGpkiA.mode = 'stall'
      links.l4ToGpkiB.mode = 'stall'
    },
  ],
]

async function flap(link: { mode: string }, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    link.mode = link.mode === 'stall' ? 'cut' : 'stall'
    await sleep(150)
  }
}

describe('invariant 10: the password login does not share the fault', () => {
  it.each(faults)('logs in and issues during %s, though every worker waits for GPKI', async (id, inject) => {
    // Without deadlines: nothing else frees Saeol's workers for thirty seconds.
    await using network = await startNetwork({ databaseUrl: await postgres.createDatabase() })
    const over = new AbortController()
    try {
      inject(network, over.signal)
      const waiting = Array.from({ length: 30 }, () =>
        logInByCertificate(network, network.nextOfficial(), 20_000).then(
          ({ status, body }) => ({ status, code: body?.code }),
          () => ({ status: 0, code: 'no answer' }),
        ),
      )
      await sleep(1_000)
      const opening = await openFallback(network)
      expect(opening.status).toBe(201)
      expect(opening.tookMs).toBeLessThan(patienceMs)

      const logins = await Promise.all(
        Array.from({ length: 10 }, () => logInByPassword(network, credentialsOf(network.nextOfficial()))),
      )
      for (const { status, tookMs, body } of logins) {
        expect(status).toBe(200)
        expect(tookMs).toBeLessThan(patienceMs)
        const certificate = await issue(network, body.session)
        expect(certificate.status).toBe(201)
        expect(certificate.tookMs).toBeLessThan(patienceMs)
      }
      // Who was waiting is told at once what to do instead.
      const told = await Promise.all(waiting)
      for (const { status } of told) expect([503, 504]).toContain(status)
      if (!id.startsWith('F2')) expect(told.map(({ code }) => code)).toContain('use-password-login')
    } finally {
      over.abort()
    }
  })

  it('has workers of its own, for where certificates are still waited for', async () => {
    await using network = await startNetwork({ databaseUrl: await postgres.createDatabase() })
    network.links.saeolToL4.mode = 'stall'
    const waiting = Array.from({ length: 30 }, () =>
      logInByCertificate(network, network.officialOf('jung'), 10_000).catch(() => 'gave up'),
    )
    await sleep(1_000)
    await openFallback(network, { scope: { system: 'saeol', offices: ['jongno'] } })
    const login = await logInByPassword(network, credentialsOf(network.officialOf('jongno')))
    expect(login.status).toBe(200)
    expect(login.tookMs).toBeLessThan(patienceMs)
    network.links.saeolToL4.mode = 'cut'
    await Promise.all(waiting)
  })

  it('lets a few logins by certificate through, so that recovery can be seen', async () => {
    await using network = await startNetwork({ databaseUrl: await postgres.createDatabase() })
    await openFallback(network)
    expect((await logInByCertificate(network, network.nextOfficial())).status).toBe(200)
  })

  it('shares the fault when the road around GPKI is not there', async () => {
    await using network = await startNetwork({ databaseUrl: await postgres.createDatabase(), measure: false })
    network.links.saeolToL4.mode = 'stall'
    const waiting = Array.from({ length: 25 }, () =>
      logInByCertificate(network, network.nextOfficial(), 2_000).catch(() => 'gave up'),
    )
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['gave up']))
    // Every worker still waits, for nobody: a certificate finds none.
    const certificate = call(`${network.saeolUrl}/certificates`, { body: {}, timeoutMs: 1_000 })
    await expect(certificate).rejects.toThrow()
  })
})
