import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Person } from '../../../services/enrolment/people.ts'
import { startPostgres, type TestPostgres } from '../postgres.ts'
import { codeOf, credentialsOf, logInByPassword, openFallback } from './client.ts'
import { type Network, startNetwork } from './network.ts'

let postgres: TestPostgres

beforeAll(async () => {
  postgres = await startPostgres()
})

afterAll(async () => {
  await postgres?.[Symbol.asyncDispose]()
})

async function opened(sabotage = ''): Promise<Network> {
  const measure = { refusalMs: 0, laneServiceTimeMs: 0, accountBurst: 50, terminalBurst: 50 }
  const network = await startNetwork({ databaseUrl: await postgres.createDatabase(), measure, sabotage })
  expect((await openFallback(network)).status).toBe(201)
  return network
}

const status = async (network: Network, login: Parameters<typeof logInByPassword>[1]) =>
  (await logInByPassword(network, login)).status

/** Logs in, and again with the same code. */
async function replay(network: Network, official: Person): Promise<number[]> {
  const login = credentialsOf(official)
  return [await status(network, login), await status(network, login)]
}

describe('invariant 5: a second factor that does not need GPKI, on the registered terminal', () => {
  it('takes a code once', async () => {
    await using network = await opened()
    expect(await replay(network, network.nextOfficial())).toEqual([200, 401])
  })

  it('takes a code once among many who try at once, and over a restart', async () => {
    await using network = await opened()
    const login = credentialsOf(network.nextOfficial())
    const statuses = await Promise.all(Array.from({ length: 8 }, () => status(network, login)))
    expect(statuses.filter((each) => each === 200)).toHaveLength(1)
    await network.restartSaeol()
    expect(await status(network, login)).toBe(401)
  })

  it('takes no older code after a newer one', async () => {
    await using network = await opened()
    const official = network.nextOfficial()
    expect(await status(network, credentialsOf(official))).toBe(200)
    const older = codeOf(official, Date.now() - 30_000)
    expect(await status(network, { ...credentialsOf(official), code: older })).toBe(401)
  })

  it('is seen to take a code twice under the sabotage', async () => {
    await using network = await opened('accepts-replayed-code')
    expect(await replay(network, network.nextOfficial())).toEqual([200, 200])
  })

  it("takes neither a colleague's code nor one of minutes ago", async () => {
    await using network = await opened()
    const [official, colleague] = [network.nextOfficial(), network.nextOfficial()]
    expect(await status(network, { ...credentialsOf(official), code: codeOf(colleague) })).toBe(401)
    const old = codeOf(official, Date.now() - 300_000)
    expect(await status(network, { ...credentialsOf(official), code: old })).toBe(401)
  })

  it("takes no terminal but the official's own", async () => {
    await using network = await opened()
    const [official, colleague] = [network.nextOfficial(), network.nextOfficial()]
    const login = credentialsOf(official)
    expect(await status(network, { ...login, terminal: colleague.terminal })).toBe(401)
    expect(await status(network, login)).toBe(200)
  })

  it('works with every road to GPKI cut', async () => {
    await using network = await opened()
    for (const link of Object.values(network.links)) await link.set('cut')
    expect(await status(network, credentialsOf(network.nextOfficial()))).toBe(200)
  })
})
