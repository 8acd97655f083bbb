import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Visit } from '../../harness/index.ts'
import { twoWithOneKey } from '../../scenarios/journeys/index.ts'
import { startCommunityCentre } from '../../services/community-centre/app.ts'
import { noServiceTime, startNetwork, type TestNetwork } from '../services/network.ts'

let network: TestNetwork
let directory: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'saeol-chaos-pairs-'))
  network = await startNetwork()
}, 60_000)

afterAll(async () => {
  await network?.[Symbol.asyncDispose]()
  await rm(directory, { recursive: true, force: true })
})

/** The journey as a driver runs it, against a centre of its own. */
async function pair(sabotage: string): Promise<unknown> {
  await using saeol = await network.startSaeol()
  await using centre = await startCommunityCentre(
    {
      PORT: '0',
      SAEOL_URL: saeol.url,
      CENTRE_FILE: network.centreFile,
      RECEIPTS_FILE: join(directory, `book-${sabotage}.jsonl`),
      SABOTAGE: sabotage,
      ...noServiceTime,
    },
    { write: () => {} },
  )
  const draws = [0.9, 0, 0.5, 0.7]
  const visit = {
    index: 0,
    data: network.people,
    random: () => draws.shift() ?? 0.1,
    step: (_name: string, part: () => Promise<unknown>) => part(),
    async http(
      method: string,
      path: string,
      { json, headers }: { json?: unknown; headers?: Record<string, string> } = {},
    ) {
      const answer = await fetch(`${centre.url}${path}`, {
        method,
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(json),
      })
      const body: unknown = await answer.json()
      return { status: answer.status, header: () => undefined, json: () => body }
    },
  }
  return await twoWithOneKey.run(visit as unknown as Visit)
}

test('two visitors whose requests carry one key are kept apart, and it is seen when they are not', async () => {
  expect(await pair('')).toBe('kept-apart')
  expect(await pair('shares-visits')).toBe('anothers-document')
})
