import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LinkMode } from '../link.ts'
import { startPostgres, type TestPostgres } from '../postgres.ts'
import { call, credentialsOf, isOpen, issue, logInByCertificate, logInByPassword } from './client.ts'
import { type Network, startNetwork } from './network.ts'

let postgres: TestPostgres

beforeAll(async () => {
  postgres = await startPostgres()
})

afterAll(async () => {
  await postgres?.[Symbol.asyncDispose]()
})

async function setGpki({ links }: Network, mode: LinkMode): Promise<void> {
  await Promise.all([links.l4ToGpkiA.set(mode), links.l4ToGpkiB.set(mode)])
}

/** A network whose room has opened the password login because GPKI stalls. */
async function opened(measure: Record<string, unknown> = {}): Promise<Network> {
  const network = await startNetwork({
    databaseUrl: await postgres.createDatabase(),
    measure: { reactionMs: 20, holdDownMs: 500, ...measure },
  })
  await network.startRoom()
  await sleep(500)
  await setGpki(network, 'stall')
  await network.seen('fallback.opened')
  return network
}

describe('invariant 7: closes when GPKI is verified to work again', () => {
  it('closes, lets the sessions of low assurance go on for a moment and no longer, and takes certificates again', async () => {
    const drainMs = 2000
    await using network = await opened({ drainMs })
    const official = network.nextOfficial()
    const low = await logInByPassword(network, credentialsOf(official))
    expect((await issue(network, low.body.session)).status).toBe(201)

    await setGpki(network, 'pass')
    expect(await network.seen('fallback.closed')).toMatchObject({ sessionsDraining: 1 })
    const closedAt = Date.now()
    expect(await isOpen(network)).toBe(false)
    const late = await logInByPassword(network, credentialsOf(network.nextOfficial()))
    expect(late).toMatchObject({ status: 403, body: { code: 'fallback-closed' } })
    const draining = await issue(network, low.body.session)
    expect(draining.status).toBe(201)
    expect(Number(draining.headers.get('session-draining'))).toBeLessThanOrEqual(closedAt + drainMs)
    expect(await network.seen('alarm.cleared')).toMatchObject({ alarm: 'gpki' })
    await sleep(closedAt + drainMs + 20 - Date.now())
    expect(await issue(network, low.body.session)).toMatchObject({
      status: 401,
      body: { code: 'session-ended' },
    })
    const high = await logInByCertificate(network, official)
    expect(high).toMatchObject({ status: 200, body: { assurance: 'high' } })
    expect((await issue(network, high.body.session)).status).toBe(201)
  })

  it('leaves sessions that came by certificate alone', async () => {
    await using network = await startNetwork({
      databaseUrl: await postgres.createDatabase(),
      measure: { reactionMs: 20, holdDownMs: 300 },
    })
    const high = await logInByCertificate(network, network.nextOfficial())
    await network.startRoom()
    await sleep(500)
    await setGpki(network, 'stall')
    await network.seen('fallback.opened')
    expect((await issue(network, high.body.session)).status).toBe(201)
    await setGpki(network, 'pass')
    await network.seen('fallback.closed')
    expect((await issue(network, high.body.session)).status).toBe(201)
  })

  it('does not follow a GPKI that flaps', async () => {
    await using network = await opened({ holdDownMs: 1_500 })
    for (let flap = 0; flap < 5; flap++) {
      await setGpki(network, 'pass')
      await sleep(400)
      await setGpki(network, 'stall')
      await sleep(500)
    }
    expect(network.count('fallback.opened')).toBe(1)
    expect(network.count('fallback.closed')).toBe(0)
    expect(await isOpen(network)).toBe(true)
  })

  it('does not close because small requests pass', async () => {
    await using network = await opened()
    await setGpki(network, 'drop-large')
    await sleep(2_000)
    expect(network.count('fallback.closed')).toBe(0)
  })

  it('declares the outage from the last moment GPKI was seen to work, and ends it', async () => {
    await using network = await opened()
    const stalledAt = Date.now()
    await network.seen('outage-window.declared')
    await setGpki(network, 'pass')
    await network.seen('outage-window.closed')
    const { body } = await call(`${network.saeolUrl}/outage-windows`)
    expect(body.outageWindows).toHaveLength(1)
    const [window] = body.outageWindows
    expect(window).toMatchObject({ system: 'saeol', office: '*' })
    expect(Date.parse(window.from)).toBeLessThan(stalledAt)
    expect(Date.parse(window.to)).toBeGreaterThan(stalledAt)
  })

  it('is closed by a room that was restarted in between', async () => {
    await using network = await opened()
    await network.seen('outage-window.declared')
    await network.stopRoom()
    await setGpki(network, 'pass')
    await network.startRoom()
    await network.seen('fallback.closed')
    await network.seen('outage-window.closed')
    expect(network.count('fallback.opened')).toBe(1)
  })
})
