import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDatabase, type Database } from '../../../services/common/database.ts'
import { createLog } from '../../../services/common/log.ts'
import { startDocExchange } from '../../../services/doc-exchange/app.ts'
import { digestOf, type Manifest, manifestSubject } from '../../../services/doc-exchange/manifest.ts'
import { type EnrolledFiles, enrolled } from '../../../services/enrolment/cache.ts'
import { type ExchangeOffice, readExchange } from '../../../services/enrolment/exchange.ts'
import { createSigner } from '../../../services/saeol/ledger/papers.ts'
import { enrolmentOfTests } from '../fallback/network.ts'
import { type LinkMode, startLink } from '../link.ts'
import { send } from '../network.ts'
import { startPostgres, type TestPostgres } from '../postgres.ts'

let postgres: TestPostgres
let files: EnrolledFiles
let ministry: ExchangeOffice
let district: ExchangeOffice

beforeAll(async () => {
  postgres = await startPostgres()
  files = await enrolled(enrolmentOfTests)
  ministry = await readExchange(files.exchangeMinistryFile)
  district = await readExchange(files.exchangeDistrictFile)
})

afterAll(() => postgres?.[Symbol.asyncDispose]())

const verified = { MEASURE_VERIFIED_EXCHANGE: '{"retryMs":5,"longestPauseMs":100}' }
const long = 'a document that is long. '.repeat(1_600)

/** A ministry that sends to a district over a link; both on one PostgreSQL. */
async function startBoth(env: Record<string, string> = verified) {
  await using stack = new AsyncDisposableStack()
  const databaseUrl = await postgres.createDatabase()
  const common = { PORT: '0', LOG_LEVEL: 'silent', SERVICE_TIME_MS: '0', DATABASE_URL: databaseUrl, ...env }
  const there = stack.use(await startDocExchange({ ...common, EXCHANGE_FILE: files.exchangeDistrictFile }))
  const link = stack.use(await startLink(there.url))
  const startMinistry = () =>
    startDocExchange({ ...common, PEER_URL: link.url, EXCHANGE_FILE: files.exchangeMinistryFile })
  let here = await startMinistry()
  stack.defer(() => here[Symbol.asyncDispose]())
  const log = createLog({ SERVICE_NAME: 'test', LOG_LEVEL: 'silent' })
  const database: Database = createDatabase({ url: databaseUrl, poolSize: 2, timeoutMs: 10_000, log })
  stack.defer(() => database.close())
  const all = stack.move()
  const clerk = ({ clerksToken }: ExchangeOffice) => ({ authorization: `Bearer ${clerksToken}` })
  return {
    there,
    database,
    set: (mode: LinkMode) => link.set(mode),
    async restartMinistry() {
      await here[Symbol.asyncDispose]()
      here = await startMinistry()
    },
    handIn: (id: string, content: string, caseId = 'case-1') =>
      send(`${here.url}/documents`, { id, caseId, content }, clerk(ministry)),
    async open(id: string): Promise<{ status: number; content?: string }> {
      const answer = await fetch(`${there.url}/documents/${id}`, { headers: clerk(district) })
      return { status: answer.status, ...((await answer.json()) as { content?: string }) }
    },
    /** Waits until the ministry holds it for acknowledged. */
    async acknowledged(id: string): Promise<void> {
      for (let tries = 0; tries < 500; tries++) {
        const sql = 'select id from sent_documents where id = $1 and acknowledged_at is not null'
        if ((await database.query(sql, [id])).length > 0) return
        await sleep(10)
      }
      throw new Error(`${id} was never acknowledged`)
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

describe('documents on a link that breaks off (F11)', () => {
  it('are acknowledged in part where nobody compares', async () => {
    await using both = await startBoth({})
    await both.set('truncate')
    await both.handIn('short', 'a few words')
    await both.handIn('long', long)
    await Promise.all(['short', 'long'].map((id) => both.acknowledged(id)))
    expect((await both.open('short')).content).toBe('a few words')
    const { content } = await both.open('long')
    expect(content!.length).toBeLessThan(8_000)
    expect(long.startsWith(content!)).toBe(true)
  })

  it('come whole with verified-exchange, the rest from where it broke off', async () => {
    await using both = await startBoth()
    await both.set('truncate')
    await both.handIn('long', long)
    await both.acknowledged('long')
    expect(await both.open('long')).toMatchObject({
      status: 200,
      sender: 'ministry',
      caseId: 'case-1',
      content: long,
    })
  })

  it('wait while the link is cut, survive a restart, and come once and in the order of their case', async () => {
    await using both = await startBoth()
    await both.set('cut')
    const ids = Array.from({ length: 12 }, (_, n) => `document-${n}`)
    for (const [n, id] of ids.entries()) await both.handIn(id, `${id} `.repeat(n * 300), `case-${n % 2}`)
    await both.restartMinistry()
    await both.set('pass')
    await Promise.all(ids.map((id) => both.acknowledged(id)))
    const received = await both.database.query<{ id: string; caseId: string }>(
      'select id, case_id as "caseId" from received_documents order by number',
    )
    const ofCase = (even: number) => ids.filter((_, n) => n % 2 === even)
    for (const even of [0, 1])
      expect(received.filter(({ caseId }) => caseId === `case-${even}`).map(({ id }) => id)).toEqual(
        ofCase(even),
      )
  })
})

describe('an exchange', () => {
  it('has the same answer for the same document, and refuses another of its id', async () => {
    await using both = await startBoth()
    expect((await both.handIn('one', 'words')).status).toBe(202)
    expect((await both.handIn('one', 'words')).status).toBe(200)
    expect(await both.handIn('one', 'other words')).toMatchObject({
      status: 422,
      body: { code: 'id-reused' },
    })
    await both.acknowledged('one')
    expect((await both.open('two')).status).toBe(404)
    const theirs = { authorization: `Bearer ${district.clerksToken}` }
    const document = { id: 'one', caseId: 'case', content: 'words' }
    expect((await send(`${both.there.url}/documents`, document, theirs)).body).toMatchObject({
      code: 'only-receives',
    })
  })

  it('is for its own clerks, and takes nothing that the other agency did not sign for it', async () => {
    await using both = await startBoth()
    const document = { id: 'one', caseId: 'case', content: 'words' }
    expect((await send(`${both.there.url}/documents`, document)).status).toBe(401)
    expect((await fetch(`${both.there.url}/documents/one`)).status).toBe(401)
    const own = createSigner(ministry.privateKeyPkcs8)
    const good: Manifest = {
      id: 'forged',
      sender: 'ministry',
      receiver: 'district',
      caseId: 'case',
      length: 5,
      digest: digestOf(Buffer.from('words')),
    }
    const announce = (manifest: Manifest, signature: string) =>
      send(`${both.there.url}/transfers`, { manifest, signature })
    const signed = own(manifestSubject(good))
    for (const [manifest, signature] of [
      [good, createSigner(district.privateKeyPkcs8)(manifestSubject(good))],
      [{ ...good, length: 6 }, signed],
      [{ ...good, receiver: 'another' }, own(manifestSubject({ ...good, receiver: 'another' }))],
    ] as const)
      expect((await announce(manifest, signature)).body).toMatchObject({ code: 'wrong-signature' })
    expect((await announce(good, signed)).status).toBe(201)
  })

  it('acknowledges neither a part nor what is not what was announced, and then takes it anew', async () => {
    await using both = await startBoth()
    const manifest: Manifest = {
      id: 'one',
      sender: 'ministry',
      receiver: 'district',
      caseId: 'case',
      length: 5,
      digest: digestOf(Buffer.from('words')),
    }
    const signature = createSigner(ministry.privateKeyPkcs8)(manifestSubject(manifest))
    const announce = () => send(`${both.there.url}/transfers`, { manifest, signature })
    const put = async (bytes: string, from: number) =>
      (
        await fetch(`${both.there.url}/transfers/one?from=${from}`, {
          method: 'PUT',
          headers: { 'content-type': 'application/octet-stream' },
          body: bytes,
        })
      ).status
    const complete = () => send(`${both.there.url}/transfers/one/complete`, {})
    expect(await put('wor', 0)).toBe(404)
    await announce()
    expect(await put('wor', 0)).toBe(200)
    expect(await complete()).toMatchObject({ status: 409, body: { code: 'incomplete', bytes: 3 } })
    expect(await put('ds', 2)).toBe(409)
    expect(await put('ds and more', 3)).toBe(413)
    expect(await put('th', 3)).toBe(200)
    expect(await complete()).toMatchObject({ status: 422, body: { code: 'wrong-digest' } })
    expect((await both.open('one')).status).toBe(404)
    await announce()
    expect(await put('words', 0)).toBe(200)
    for (let time = 0; time < 2; time++) expect((await complete()).status).toBe(200)
    expect(await both.database.query('select content from received_documents')).toHaveLength(1)
    // It is kept once, and no longer as what is on its way.
    expect(await both.database.query('select id from transfers')).toEqual([])
  })
})
