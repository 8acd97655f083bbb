import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Person } from '../../../services/enrolment/people.ts'
import { startPostgres, type TestPostgres } from '../postgres.ts'
import { type Answer, credentialsOf, logInByPassword, openFallback } from './client.ts'
import { type Network, startNetwork } from './network.ts'

let postgres: TestPostgres

beforeAll(async () => {
  postgres = await startPostgres()
})

afterAll(async () => {
  await postgres?.[Symbol.asyncDispose]()
})

/** What no refusal may be faster than, in ms: well above the work behind any of them. */
const refusalMs = 150

async function opened(sabotage = ''): Promise<Network> {
  const network = await startNetwork({
    databaseUrl: await postgres.createDatabase(),
    measure: { refusalMs, laneServiceTimeMs: 0 },
    sabotage,
  })
  expect((await openFallback(network)).status).toBe(201)
  return network
}

const withStatus = (network: Network, status: Person['status']) =>
  network.people.officials.find((official) => official.status === status)!

const intruders: [who: string, login: (network: Network) => Promise<Answer>][] = [
  ['a wrong password', (n) => logInByPassword(n, { ...credentialsOf(n.nextOfficial()), password: 'wrong' })],
  ['an unknown official', (n) => logInByPassword(n, credentialsOf(unknown(n)))],
  ['a disabled official', (n) => logInByPassword(n, credentialsOf(withStatus(n, 'disabled')))],
  ['the holder of a revoked certificate', (n) => logInByPassword(n, credentialsOf(withStatus(n, 'revoked')))],
  ['a wrong code', (n) => logInByPassword(n, { ...credentialsOf(n.nextOfficial()), code: '000000' })],
  [
    'another terminal',
    (n) => logInByPassword(n, { ...credentialsOf(n.nextOfficial()), terminal: 'terminal-0' }),
  ],
]

function unknown(network: Network): Person {
  return network.people.strangers.find(({ kind }) => kind === 'unknown-official')!
}

describe('invariant 3: every refusal looks the same', () => {
  it('has the same status, body, headers and least time, whatever was wrong', async () => {
    await using network = await opened()
    const answers: Answer[] = []
    for (const [, login] of intruders) answers.push(await login(network))
    const replayed = credentialsOf(network.nextOfficial())
    expect((await logInByPassword(network, replayed)).status).toBe(200)
    answers.push(await logInByPassword(network, replayed))

    const shapes = answers.map(({ status, body, headers }) => {
      const names = [...headers].filter(([name]) => name !== 'date')
      return JSON.stringify([status, body, names])
    })
    expect(answers[0]).toMatchObject({ status: 401, body: { code: 'refused' } })
    expect(new Set(shapes).size).toBe(1)
    for (const { tookMs } of answers) expect(tookMs).toBeGreaterThanOrEqual(refusalMs - 1)
  })

  it.each([
    ['accepts-any-password', 'a wrong password'],
    ['ignores-revocation', 'the holder of a revoked certificate'],
  ])('is seen to break under the sabotage %s', async (sabotage, who) => {
    await using network = await opened(sabotage)
    const admitted: string[] = []
    for (const [name, login] of intruders) if ((await login(network)).status === 200) admitted.push(name)
    expect(admitted).toEqual([who])
  })
})
