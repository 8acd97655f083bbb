import { describe, expect, it } from 'vitest'
import { openingKeyOf, openSealed } from '../../../services/procurement/seal.ts'
import { call } from '../fallback/client.ts'
import { type Announced, announced, close, handIn, procurementOfTests, query } from './an-office.ts'
import { bidOf, seal, signed } from './sealed.ts'

const office = procurementOfTests()

const keyOf = (tender: string): string =>
  office.people.tenders.find(({ id }) => id === tender)!.openingKeyPkcs8

const open = (url: string, tender: string, openingKey: string) =>
  call(`${url}/tenders/${tender}/opening`, { body: { openingKey } })

const read = (url: string, tender: string) => call(`${url}/tenders/${tender}/bids`)

describe('a sealed bid', () => {
  it('holds nothing where it was changed', async () => {
    await using service = await office.start()
    const [tender] = await announced(service.url)
    const key = openingKeyOf(keyOf(tender!.id), tender!.openingKey)!
    const content = { bidder: 'b', priceWon: 5, tender: tender!.id }
    const sealed = seal(content, tender!.openingKey)
    expect(openSealed(sealed, key)).toEqual(content)
    const bytes = Buffer.from(sealed, 'base64')
    for (const at of [0, 40, 70, bytes.length - 1]) {
      const changed = Buffer.from(bytes)
      changed[at]! ^= 1
      expect(openSealed(changed.toString('base64'), key)).toBeUndefined()
    }
    expect(openSealed('AAAA', key)).toBeUndefined()
    const [other] = office.people.tenders
    expect(openingKeyOf(other!.openingKeyPkcs8, tender!.openingKey)).toBeUndefined()
    expect(openSealed(seal({ ...content, priceWon: -1 }, tender!.openingKey), key)).toBeUndefined()
  })
})

describe('an opening', () => {
  it('is refused before the close, whoever holds the key, and shows nothing', async () => {
    await using service = await office.start()
    const [tender] = await announced(service.url)
    await handIn(service.url, tender!.id, bidOf(office.people.bidders[0]!, tender!))
    const refused = { status: 409, body: { code: 'not-closed' } }
    expect(await open(service.url, tender!.id, keyOf(tender!.id))).toMatchObject(refused)
    expect(await read(service.url, tender!.id)).toMatchObject({ status: 409, body: { code: 'sealed' } })
    await close(service.databaseUrl, tender!.id)
    expect(await read(service.url, tender!.id)).toMatchObject({ status: 409, body: { code: 'sealed' } })
    expect(
      await query(service.databaseUrl, 'select price_won, opened_at from bids, tenders'),
    ).not.toContainEqual(expect.objectContaining({ price_won: expect.anything() }))
  })

  it('shows after the close what each bidder offered, and the same once more', async () => {
    await using service = await office.start()
    const [tender] = await announced(service.url)
    const [one, other, third, fourth] = office.people.bidders
    const bid = bidOf(one!, tender!, 700)
    await handIn(service.url, tender!.id, bid)
    await handIn(service.url, tender!.id, bidOf(other!, tender!, 650))
    // A copy of somebody's envelope, and an envelope that nobody can open.
    await handIn(service.url, tender!.id, signed(third!, tender!.id, bid.sealed))
    await handIn(service.url, tender!.id, signed(fourth!, tender!.id, 'AAAA'))
    await close(service.databaseUrl, tender!.id)
    const first = await open(service.url, tender!.id, keyOf(tender!.id))
    expect(first.status).toBe(201)
    expect(
      first.body.bids.map(({ bidder, priceWon }: { bidder: string; priceWon: number | null }) => [
        bidder,
        priceWon,
      ]),
    ).toEqual([
      [one!.id, 700],
      [other!.id, 650],
      [third!.id, null],
      [fourth!.id, null],
    ])
    expect((await open(service.url, tender!.id, keyOf(tender!.id))).body).toEqual(first.body)
    expect((await read(service.url, tender!.id)).body).toEqual(first.body)
  })

  it('needs the other half of the tender’s key', async () => {
    await using service = await office.start()
    const [tender, other] = await announced(service.url)
    await close(service.databaseUrl, tender!.id)
    for (const key of [keyOf(other!.id), 'AAAA', 'no base64']) {
      expect(await open(service.url, tender!.id, key)).toMatchObject({
        status: 401,
        body: { code: 'wrong-key' },
      })
    }
    expect((await read(service.url, tender!.id)).body.code).toBe('sealed')
  })

  it('says which tender it does not know, and what is wrong with the request', async () => {
    await using service = await office.start()
    expect((await open(service.url, 'none', 'AAAA')).body.code).toBe('unknown-tender')
    expect((await read(service.url, 'none')).body.code).toBe('unknown-tender')
    const [tender]: readonly Announced[] = await announced(service.url)
    const answer = await call(`${service.url}/tenders/${tender!.id}/opening`, { body: { key: 1 } })
    expect(answer).toMatchObject({ status: 400, body: { code: 'bad-request' } })
    expect(answer.body.error).toContain('openingKey')
  })
})
