import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startPostgres, type TestPostgres } from '../postgres.ts'
import { watcher } from '../watcher.ts'
import {
  call,
  credentialsOf,
  evidence,
  isOpen,
  logInByCertificate,
  logInByPassword,
  openAnyhow,
  openFallback,
  showFault,
} from './client.ts'
import { type Network, startNetwork } from './network.ts'

let postgres: TestPostgres

beforeAll(async () => {
  postgres = await startPostgres()
})

afterAll(async () => {
  await postgres?.[Symbol.asyncDispose]()
})

const headers = [
  { 'x-auth-fallback': 'password' },
  { 'x-gpki-status': 'down' },
  { 'x-forwarded-proto': 'password' },
  { 'x-assurance': 'low', 'x-original-url': '/fallback/open' },
  { cookie: 'fallback=open' },
]

/** @returns how many of the tries got in */
async function tryHeaders(network: Network): Promise<number> {
  const answers = await Promise.all(
    headers.map((header) =>
      logInByPassword(network, credentialsOf(network.nextOfficial()), { headers: header }),
    ),
  )
  return answers.filter(({ status }) => status === 200).length
}

describe('invariant 2: no downgrade', () => {
  it('is not opened by a header, not even for the right password and code', async () => {
    await using network = await startNetwork({ databaseUrl: await postgres.createDatabase() })
    expect(await tryHeaders(network)).toBe(0)
  })

  it('is seen to be opened by a header under the sabotage', async () => {
    await using network = await startNetwork({
      databaseUrl: await postgres.createDatabase(),
      sabotage: 'opens-on-client-header',
    })
    expect(await tryHeaders(network)).toBe(1)
  })

  it('is not opened by errors and aborted handshakes of clients', async () => {
    await using network = await startNetwork({ databaseUrl: await postgres.createDatabase() })
    await network.startRoom()
    const official = network.nextOfficial()
    const garbled = { ...official, certificateChain: ['AAAA'] }
    for (let round = 0; round < 5; round++) {
      expect((await logInByCertificate(network, garbled)).status).toBe(401)
      await logInByCertificate(network, official, 1).catch(() => {})
      await abortedHandshake(network.saeolUrl)
      await call(`${network.saeolUrl}/fallback/open`, { body: { open: true } })
    }
    expect(await isOpen(network)).toBe(false)
    expect(network.count('fallback.opened')).toBe(0)
  })

  it.each([
    ['none', () => []],
    ['one', () => [evidence('saeol')]],
    ['the same twice', () => [evidence('saeol'), evidence('saeol')]],
    [
      'two, of which one saw a single failure',
      () => [evidence('saeol'), evidence('situation-room', { failures: 1 })],
    ],
    [
      'two, of which one looked long ago',
      () => [evidence('saeol'), evidence('situation-room', { observedAt: Date.now() - 60_000 })],
    ],
  ])('is not opened by two officers on the word of %s', async (_who, vantagePoints) => {
    await using network = await startNetwork({ databaseUrl: await postgres.createDatabase() })
    const answer = await openFallback(network, { vantagePoints: vantagePoints() })
    expect(answer).toMatchObject({ status: 422, body: { code: 'not-enough-evidence' } })
    expect(await isOpen(network)).toBe(false)
  })

  it('is not opened on the word of a vantage point nobody knows', async () => {
    await using network = await startNetwork({ databaseUrl: await postgres.createDatabase() })
    const vantagePoints = [evidence('saeol'), evidence('the-attackers-own')]
    expect((await openFallback(network, { vantagePoints })).status).toBe(400)
    expect(await isOpen(network)).toBe(false)
  })

  it('is not opened on the word of two while Saeol itself sees GPKI verify', async () => {
    await using network = await startNetwork({ databaseUrl: await postgres.createDatabase() })
    const look = async (times: number) => {
      for (let i = 0; i < times; i++) await call(`${network.saeolUrl}/health/deep`, watcher)
    }
    const refused = { status: 422, body: { code: 'not-seen-from-here' } }
    // Nor on one failure, nor of what it has seen nothing of.
    expect(await openAnyhow(network)).toMatchObject(refused)
    await look(1)
    expect(await openAnyhow(network)).toMatchObject(refused)
    await network.links.saeolToL4.set('cut')
    await look(1)
    expect(await openAnyhow(network)).toMatchObject(refused)
    await look(1)
    await network.links.saeolToL4.set('pass')
    // Once it has recovered, what was seen before opens nothing.
    await look(4)
    expect(await openAnyhow(network)).toMatchObject(refused)
    await showFault(network)
    expect((await openAnyhow(network)).status).toBe(201)
  })

  it.each([
    ["Saeol's link is cut", 'saeolToL4', 'cut'],
    ["Saeol's link is stalled", 'saeolToL4', 'stall'],
    ["the room's link is cut", 'roomToL4', 'cut'],
    ["the room's link to Saeol is cut", 'roomToSaeol', 'cut'],
  ] as const)('stays closed when only %s', async (_what, name, mode) => {
    await using network = await startNetwork({ databaseUrl: await postgres.createDatabase() })
    // What works must look as if it did, however busy the machine is.
    await network.startRoom({ PROBE_TIMEOUT_MS: '2500' })
    await sleep(500)
    await network.links[name].set(mode)
    // Twenty probes: ten times what an alarm needs.
    await sleep(2_000)
    expect(network.count('fallback.opened')).toBe(0)
    expect(await isOpen(network)).toBe(false)
  })

  it('opens when both vantage points see GPKI stalled, though its shallow health is green', async () => {
    await using network = await startNetwork({ databaseUrl: await postgres.createDatabase() })
    await network.startRoom()
    await sleep(500)
    await network.links.l4ToGpkiA.set('stall')
    await network.links.l4ToGpkiB.set('stall')
    expect(await network.seen('fallback.opened')).toMatchObject({
      officers: ['duty-officer-1', 'duty-officer-2'],
    })
    expect((await call(`${network.saeolUrl}/health`)).status).toBe(200)
    expect(await isOpen(network)).toBe(true)
  })
})

/** A client that connects, says half a request and resets. */
async function abortedHandshake(url: string): Promise<void> {
  const { hostname, port } = new URL(url)
  await new Promise<void>((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write('POST /login/gpki HTTP/1.1\r\nContent-Length: 5000\r\n', () => socket.resetAndDestroy())
    })
    socket.once('close', () => resolve())
    socket.on('error', () => {})
  })
}
