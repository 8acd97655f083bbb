/** What a bidder's terminal makes with WebCrypto is what the procurement system reads with Node's own means. */
import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { receiptFor, sealedBid } from '../../scenarios/journeys/sealed-bid.ts'
import { bidSubject } from '../../services/procurement/bids.ts'
import { createReceiptWriter } from '../../services/procurement/receipts.ts'
import { openingKeyOf, openSealed } from '../../services/procurement/seal.ts'
import { createSignatureCheck } from '../../services/saeol/ledger/papers.ts'

function keys() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  return {
    pkcs8: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
    spki: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
  }
}

const [bidder, opening, office] = [keys(), keys(), keys()]
const tender = { id: 'tender-0001', closesAt: new Date().toISOString(), openingKey: opening.spki }
const make = () => sealedBid({ id: 'bidder-0001', privateKeyPkcs8: bidder.pkcs8 }, tender, 750)

test('a bid is opened with the key of its tender, and was signed by its bidder', async () => {
  const bid = await make()
  expect(openSealed(bid.sealed, openingKeyOf(opening.pkcs8, opening.spki)!)).toEqual({
    bidder: 'bidder-0001',
    priceWon: 750,
    tender: 'tender-0001',
  })
  expect(createSignatureCheck(bidder.spki)(bidSubject(bid), bid.signature)).toBe(true)
})

test('a receipt counts where it is of this bid and signed by the office, and only there', async () => {
  const [bid, other] = [await make(), await make()]
  const receipt = createReceiptWriter(office.pkcs8)({ ...bid, number: '7', receivedAt: new Date() })
  const answer = (body: object) =>
    ({ status: 201, json: () => body, header: () => undefined }) as unknown as Parameters<
      typeof receiptFor
    >[1]
  expect(await receiptFor(bid, answer(receipt), office.spki)).toBe('bid-7')
  expect(await receiptFor(other, answer(receipt), office.spki)).toBeUndefined()
  expect(await receiptFor(bid, answer(receipt), bidder.spki)).toBeUndefined()
  expect(await receiptFor(bid, answer({ ...receipt, number: 'bid-8' }), office.spki)).toBeUndefined()
  expect(await receiptFor(bid, answer({}), office.spki)).toBeUndefined()
})
