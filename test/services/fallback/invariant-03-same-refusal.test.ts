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
  ['somebody who never enrolled', (n) => logInByPassword(n, credentialsOf(withStatus(n, 'unenrolled')))],
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

/**
 * Each kind of refusal, from an address that has tried one account five times from wrong terminals. Whoever tries
 * next is somebody whose own attempts are not counted yet, and the same account.
 */
async function throttledAnswers(network: Network): Promise<{ after: Answer; seen: string }[]> {
  const kinds: [Person, Partial<ReturnType<typeof credentialsOf>>][] = [
    [network.nextOfficial(), { password: 'wrong' }],
    [unknown(network), {}],
    [withStatus(network, 'disabled'), {}],
    [withStatus(network, 'revoked'), {}],
    [withStatus(network, 'unenrolled'), {}],
    [network.nextOfficial(), { code: '000000' }],
    [network.nextOfficial(), { terminal: 'terminal-0' }],
  ]
  const answers: { after: Answer; seen: string }[] = []
  for (const [index, [person, wrong]] of kinds.entries()) {
    const source = `203.0.113.${100 + index}`
    for (let attempt = 0; attempt < 5; attempt++) {
      const terminal = `terminal-of-guess-${attempt}`
      const before = await logInByPassword(network, { ...credentialsOf(person), terminal }, { source })
      expect(before.status).toBe(401)
    }
    const after = await logInByPassword(network, { ...credentialsOf(person), ...wrong }, { source })
    const names = [...after.headers].map(([name]) => name).filter((name) => name !== 'date')
    answers.push({ after, seen: JSON.stringify([after.status, after.body, names]) })
  }
  return answers
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

  it('tells a throttled one from another by nothing that was wrong, the terminal least of all', async () => {
    await using network = await opened()
    const answers = await throttledAnswers(network)
    expect(answers.map(({ after }) => after.status)).toEqual(answers.map(() => 429))
    expect(new Set(answers.map(({ seen }) => seen)).size).toBe(1)
    for (const { after } of answers) expect(after.tookMs).toBeGreaterThanOrEqual(refusalMs - 1)
  }, 60_000)

  it('does not tell by the throttle which of six terminals is right, however often each is tried', async () => {
    await using network = await opened()
    const victim = network.nextOfficial()
    const terminals = [
      'terminal-1',
      'terminal-2',
      victim.terminal,
      'terminal-3',
      'terminal-4',
      victim.terminal,
    ]
    const seen = new Map<string, number[]>(terminals.map((terminal) => [terminal, []]))
    for (let round = 0; round < 4; round++) {
      for (const terminal of terminals) {
        const login = { ...credentialsOf(victim), password: 'wrong', terminal }
        const { status } = await logInByPassword(network, login, { source: `203.0.113.${round % 2}` })
        seen.get(terminal)!.push(status)
      }
    }
    // By then both addresses have had their five; whatever comes next is told the same.
    const late = terminals.map((terminal) => seen.get(terminal)!.at(-1))
    expect(new Set(late)).toEqual(new Set([429]))
  }, 60_000)

  it('is seen to tell the right terminal under the sabotage', async () => {
    await using network = await opened('throttle-tells-terminal')
    const victim = network.nextOfficial()
    const source = '203.0.113.30'
    const guess = (terminal: string) =>
      logInByPassword(network, { ...credentialsOf(victim), password: 'wrong', terminal }, { source })
    for (let wrong = 0; wrong < 6; wrong++) await guess(`terminal-${wrong}`)
    expect((await guess('terminal-7')).status).toBe(429)
    expect((await guess(victim.terminal)).status).toBe(401)
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
