import { afterAll, beforeAll, expect, it } from 'vitest'
import type { HttpAnswer, Visit } from '../../harness/index.ts'
import { officialIssuesCertificate } from '../../scenarios/journeys/index.ts'
import { startNetwork, type TestNetwork } from '../services/network.ts'

let network: TestNetwork
beforeAll(async () => {
  network = await startNetwork()
}, 60_000)
afterAll(() => network?.[Symbol.asyncDispose]())

/** An official who sends a page again for the next visitor. @param again what becomes of the second page */
async function outcomeWith(again: (answer: HttpAnswer) => HttpAnswer): Promise<unknown> {
  await using saeol = await network.startSaeol()
  // The resident, the kind of case, no double click, the key; then the page of the last one for the next.
  const draws = [0.5, 0.9, 0.9, 0.5, 0.01]
  let certificates = 0
  const visit = {
    index: 0,
    data: network.people,
    random: () => draws.shift() ?? 0.9,
    step: (_name: string, part: () => Promise<unknown>) => part(),
    async http(
      method: string,
      path: string,
      { json, headers }: { json?: unknown; headers?: Record<string, string> } = {},
    ): Promise<HttpAnswer> {
      const answer = await fetch(`${saeol.url}${path}`, {
        method,
        headers: { 'content-type': 'application/json', ...headers },
        ...(json !== undefined && { body: JSON.stringify(json) }),
      })
      const body: unknown = await answer.json()
      const given: HttpAnswer = { status: answer.status, header: () => undefined, json: <T>() => body as T }
      if (path === '/certificates') certificates++
      return certificates === 2 ? again(given) : given
    },
  }
  const outcome = await officialIssuesCertificate.run(visit as unknown as Visit)
  expect(certificates).toBe(2)
  return outcome
}

it('is told from a visit in which the second page got no answer', async () => {
  expect(await outcomeWith((answer) => answer)).toMatchObject({ outcome: 'issued' })
  const nothing = (): HttpAnswer => ({
    status: 0,
    error: 'timed-out',
    header: () => undefined,
    json: () => undefined,
  })
  expect(await outcomeWith(nothing)).toMatchObject({ outcome: 'issued' })
  expect(await outcomeWith((answer) => ({ ...answer, status: 201 }))).toBe('anothers-document')
})
