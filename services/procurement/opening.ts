import type { Database } from '../common/database.ts'
import { Problem } from '../common/problem.ts'
import type { Sabotaged } from '../common/sabotage.ts'
import { openingKeyOf, openSealed } from './seal.ts'

/** A bid once its tender is opened. */
export interface OpenedBid {
  readonly number: string
  readonly bidder: string
  /** Null where the envelope held no bid of this bidder for this tender. */
  readonly priceWon: number | null
}

export interface Opening {
  /**
   * Opens every bid of a tender, once it is closed; opened again it says the same.
   * @param openingKey base64; the contracting officer's half of the tender's key
   * @throws Problem 404, 409 `not-closed`, 401 `wrong-key`
   */
  open(tender: string, openingKey: string): Promise<readonly OpenedBid[]>
  /** @throws Problem 404, 409 `sealed` until the tender is opened */
  read(tender: string): Promise<readonly OpenedBid[]>
}

interface Row {
  readonly openingKey: string
  readonly openedAt: Date | null
  readonly isClosed: boolean
}

const look = `
  select opening_key as "openingKey", opened_at as "openedAt", closes_at <= clock_timestamp() as "isClosed"
  from tenders where id = $1`

export function createOpening(parts: {
  readonly database: Database
  readonly sabotaged: Sabotaged
}): Opening {
  const { database, sabotaged } = parts

  const bidsOf = async (tender: string): Promise<OpenedBid[]> => {
    const bids = await database.query<{ number: string; bidder: string; price: string | null }>(
      'select number, bidder, price_won as price from bids where tender = $1 order by bids.number',
      [tender],
    )
    return bids.map(({ number, bidder, price }) => ({
      number: `bid-${number}`,
      bidder,
      priceWon: price === null ? null : Number(price),
    }))
  }

  return {
    async open(tender, openingKey) {
      await database.transaction(async (queries) => {
        const [row] = await queries.query<Row & Record<string, unknown>>(`${look} for update`, [tender])
        if (row === undefined) throw unknownTender(tender)
        if (!row.isClosed && !sabotaged('opens-early'))
          throw new Problem(409, 'not-closed', `${tender} is not closed yet`)
        const key = openingKeyOf(openingKey, row.openingKey)
        if (key === undefined) throw new Problem(401, 'wrong-key', `this key does not open ${tender}`)
        if (row.openedAt !== null) return
        await queries.query(
          `update tenders set opened_at = date_trunc('milliseconds', clock_timestamp()) where id = $1`,
          [tender],
        )
        const sealed = await queries.query<{ number: string; bidder: string; sealed: string }>(
          'select number, bidder, sealed from bids where tender = $1',
          [tender],
        )
        for (const bid of sealed) {
          const content = openSealed(bid.sealed, key)
          if (content?.tender !== tender || content.bidder !== bid.bidder) continue
          await queries.query('update bids set price_won = $2 where number = $1', [
            bid.number,
            content.priceWon,
          ])
        }
      })
      return bidsOf(tender)
    },
    async read(tender) {
      const [row] = await database.query<Row & Record<string, unknown>>(look, [tender])
      if (row === undefined) throw unknownTender(tender)
      if (row.openedAt === null && !sabotaged('shows-sealed-bids'))
        throw new Problem(409, 'sealed', `the bids of ${tender} are not opened yet`)
      return bidsOf(tender)
    },
  }
}

function unknownTender(tender: string): Problem {
  return new Problem(404, 'unknown-tender', `there is no tender ${tender}`)
}
