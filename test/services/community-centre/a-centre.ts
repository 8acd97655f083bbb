/** A community centre of the tests, and who comes to it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startCommunityCentre } from '../../../services/community-centre/app.ts'
import { mockReconcilerToken } from '../../../services/community-centre/config.ts'
import { noServiceTime, send, startNetwork } from '../network.ts'

export const manual = (parameters: object = {}) => ({
  MEASURE_MANUAL_INTAKE: JSON.stringify({
    budgetMs: 1_000,
    longestPauseMs: 100,
    entriesPerS: 200,
    ...parameters,
  }),
})

export interface Kept {
  readonly office: string
  readonly number: string
  readonly receivedOn: string
  readonly visit: string
  readonly state: string
  readonly reason?: string
}

export function visit(url: string, key: string, body: object = {}) {
  const asked = { residentId: 'resident-000001', kind: 'fixed-date', ...body }
  return send(`${url}/visits`, asked, { 'idempotency-key': key })
}

export const readBook = (url: string, token: string = mockReconcilerToken) =>
  fetch(`${url}/receipts`, { headers: { authorization: `Bearer ${token}` } })

export async function receiptsOf(url: string): Promise<Kept[]> {
  return ((await (await readBook(url)).json()) as { receipts: Kept[] }).receipts
}

/** A network of the tests, and centres in it, each with a receipt book of its own. */
export async function startGround() {
  const directory = await mkdtemp(join(tmpdir(), 'saeol-chaos-centre-'))
  const network = await startNetwork()
  let files = 0
  const receiptsFile = () => join(directory, `receipts-${files++}.jsonl`)
  const officeIds = () => [...new Set(network.people.clerks.map(({ office }) => office))]

  async function startCentre(saeolUrl: string, env: Record<string, string> = {}) {
    const events: Record<string, unknown>[] = []
    const centre = await startCommunityCentre(
      {
        PORT: '0',
        SAEOL_URL: saeolUrl,
        CENTRE_FILE: network.centreFile,
        RECEIPTS_FILE: receiptsFile(),
        ...noServiceTime,
        ...env,
      },
      { write: (line) => events.push(JSON.parse(line)) },
    )
    return {
      url: centre.url,
      events,
      visit: (key: string, body: object = {}) => visit(centre.url, key, body),
      receipts: () => receiptsOf(centre.url),
      [Symbol.asyncDispose]: () => centre[Symbol.asyncDispose](),
    }
  }

  return {
    directory,
    network,
    receiptsFile,
    officeIds,
    startCentre,
    async [Symbol.asyncDispose]() {
      await network[Symbol.asyncDispose]()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

export type Ground = Awaited<ReturnType<typeof startGround>>

export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 2_000; tries++) {
    if (await holds()) return
    await sleep(10)
  }
  throw new Error(`it never came to be: ${holds}`)
}
