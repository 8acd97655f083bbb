import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createSignatureCheck } from '../../../services/saeol/ledger/papers.ts'
import { call } from '../fallback/client.ts'
import { askDeep } from '../watcher.ts'
import { announced, close, from, handIn, procurementOfTests, query, tenderOf } from './an-office.ts'
import { bidOf, signed } from './sealed.ts'

const office = procurementOfTests()

describe('tenders', () => {
  it('are announced, the next to close first, with what bids are sealed with', async () => {
    await using service = await office.start()
    const [first, second, ...others] = await announced(service.url)
    // All of today's, and tomorrow's after them.
    expect(others).toHaveLength(68)
    expect(Date.parse(second!.closesAt) - Date.parse(first!.closesAt)).toBe(60_000)
    expect(first).toMatchObject({ state: 'open', id: office.people.tenders[10]!.id })
    expect(await tenderOf(service.url, first!.id)).toMatchObject(first!)
    expect(await tenderOf(service.url, office.people.tenders[0]!.id)).toMatchObject({ state: 'closed' })
    expect(await call(`${service.url}/tenders/none`)).toMatchObject({
      status: 404,
      body: { code: 'unknown-tender' },
    })
  })

  it('are listed by their state, and by none that there is not', async () => {
    await using service = await office.start()
    const closed = await call(`${service.url}/tenders?state=closed`)
    const yesterdays = office.people.tenders.filter(({ day }) => day === 'yesterday')
    expect(closed.body.tenders.map(({ id }: { id: string }) => id)).toEqual(yesterdays.map(({ id }) => id))
    const other = await call(`${service.url}/tenders?state=opened`)
    expect(other).toMatchObject({ status: 400, body: { code: 'bad-request' } })
  })

  it('keep their closing time over a restart', async () => {
    const databaseUrl = await office.database()
    const closings: string[] = []
    for (const every of ['60000', '90000']) {
      await using service = await office.start({ DATABASE_URL: databaseUrl, CLOSES_EVERY_MS: every })
      closings.push((await announced(service.url))[0]!.closesAt)
    }
    expect(closings[0]).toBe(closings[1])
  })
})

describe('POST /tenders/:id/bids', () => {
  it('answers with a signed receipt of exactly this bid, and keeps where it came from', async () => {
    await using service = await office.start()
    const [tender] = await announced(service.url)
    const [bidder] = office.people.bidders
    const bid = bidOf(bidder!, tender!)
    const answer = await handIn(service.url, tender!.id, bid, from('offices/10.0.0.1'))
    expect(answer.status).toBe(201)
    const { signature, ...said } = answer.body
    expect(said).toMatchObject({
      tender: tender!.id,
      bidder: bidder!.id,
      sealedHash: createHash('sha256').update(bid.sealed).digest('hex'),
    })
    const check = createSignatureCheck(office.people.receiptKeySpki)
    expect(check({ action: 'receive-bid', ...said }, signature)).toBe(true)
    expect(check({ action: 'receive-bid', ...said, tender: 'another' }, signature)).toBe(false)
    expect(await query(service.databaseUrl, 'select sealed, source, price_won from bids')).toEqual([
      { sealed: bid.sealed, source: 'offices/10.0.0.1', price_won: null },
    ])
  })

  it('believes nobody but the hop in front where a request came from', async () => {
    await using service = await office.start()
    const [tender] = await announced(service.url)
    const said = { 'x-forwarded-for': 'offices/10.0.0.1', 'x-front-token': 'a guess' }
    await handIn(service.url, tender!.id, bidOf(office.people.bidders[0]!, tender!), said)
    expect(await query(service.databaseUrl, 'select source from bids')).toEqual([{ source: '127.0.0.1' }])
  })

  it('takes one bid of each bidder: the same once more is the same, another is refused', async () => {
    await using service = await office.start()
    const [tender] = await announced(service.url)
    const [one, other] = office.people.bidders
    const bid = bidOf(one!, tender!)
    const [first, again] = [
      await handIn(service.url, tender!.id, bid),
      await handIn(service.url, tender!.id, bid),
    ]
    expect([first.status, again.status]).toEqual([201, 200])
    expect(again.body.number).toBe(first.body.number)
    expect(await handIn(service.url, tender!.id, bidOf(one!, tender!, 900))).toMatchObject({
      status: 409,
      body: { code: 'already-bid' },
    })
    expect((await handIn(service.url, tender!.id, bidOf(other!, tender!))).status).toBe(201)

    const third = office.people.bidders[2]!
    const both = [bidOf(third, tender!, 1), bidOf(third, tender!, 2)]
    const answers = await Promise.all(both.map((body) => handIn(service.url, tender!.id, body)))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
    expect(await query(service.databaseUrl, 'select count(*)::int as n from bids')).toEqual([{ n: 3 }])
  })

  it('takes none after the close, but answers one that it has with its receipt', async () => {
    await using service = await office.start()
    const [tender] = await announced(service.url)
    const [one, other] = office.people.bidders
    const bid = bidOf(one!, tender!)
    const { body } = await handIn(service.url, tender!.id, bid)
    await close(service.databaseUrl, tender!.id)
    expect(await handIn(service.url, tender!.id, bidOf(other!, tender!))).toMatchObject({
      status: 409,
      body: { code: 'closed' },
    })
    const again = await handIn(service.url, tender!.id, bid)
    expect(again).toMatchObject({ status: 200, body: { number: body.number } })
    expect(await query(service.databaseUrl, 'select count(*)::int as n from bids')).toEqual([{ n: 1 }])
  })

  it('takes none that its bidder has not signed for this tender', async () => {
    await using service = await office.start()
    const [tender, elsewhere] = await announced(service.url)
    const [one, other] = office.people.bidders
    const bid = bidOf(one!, tender!)
    const wrong = [
      { ...bid, bidder: other!.id },
      { ...bid, bidder: 'nobody' },
      { ...bid, sealed: bidOf(one!, tender!, 1).sealed },
      { ...signed(one!, elsewhere!.id, bid.sealed) },
    ]
    for (const body of wrong) {
      const { status, body: said } = await handIn(service.url, tender!.id, body)
      expect([status, said.code]).toEqual([401, 'bad-signature'])
    }
    const none = await handIn(service.url, 'none', signed(one!, 'none', bid.sealed))
    expect(none).toMatchObject({ status: 404, body: { code: 'unknown-tender' } })
  })

  it('says every field that is wrong', async () => {
    await using service = await office.start()
    const [tender] = await announced(service.url)
    const answer = await handIn(service.url, tender!.id, { bidder: 7, sealed: 'é', extra: 1 })
    expect(answer.status).toBe(400)
    for (const field of ['bidder', 'sealed', 'signature', 'extra']) expect(answer.body.error).toContain(field)
    const long = { bidder: 'b', sealed: 'A'.repeat(4_004), signature: 's' }
    expect(await handIn(service.url, tender!.id, long)).toMatchObject({ status: 400 })
  })

  it('gives who cannot sign no worker', async () => {
    await using service = await office.start({ SLOTS: '1', QUEUE: '0', SERVICE_TIME_MS: '400' })
    const { bidders, tenders } = office.people
    const [one, other] = bidders
    const id = tenders[10]!.id
    const first = call(`${service.url}/tenders/${id}`)
    const body = { ...signed(one!, id, 'AAAA'), bidder: other!.id }
    const answers = await Promise.all(Array.from({ length: 5 }, () => handIn(service.url, id, body)))
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401])
    expect((await first).status).toBe(200)
  })
})

describe('health', () => {
  it('is deep while PostgreSQL is there', async () => {
    await using service = await office.start()
    expect((await askDeep(service.url)).status).toBe(200)
    await query(service.databaseUrl, 'drop table tenders cascade')
    expect((await askDeep(service.url)).status).toBe(503)
    expect((await fetch(`${service.url}/health`)).status).toBe(200)
    expect((await fetch(`${service.url}/health/deep`)).status).toBe(401)
  })
})

describe('its configuration', () => {
  it('names every variable that is wrong', async () => {
    const wrong = { DATABASE_URL: 'http://x', CLOSES_EVERY_MS: '0', FRONT_TOKEN: 'short' }
    for (const variable of Object.keys(wrong)) await expect(office.start(wrong)).rejects.toThrow(variable)
  })
})
