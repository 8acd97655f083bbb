import type { Database } from '../common/database.ts'
import { Problem } from '../common/problem.ts'
import type { Sabotaged } from '../common/sabotage.ts'
import type { Receipt, ReceiptWriter } from './receipts.ts'

export interface Bid {
  readonly tender: string
  readonly bidder: string
  /** base64; see seal.ts. */
  readonly sealed: string
  /** base64; the bidder's. */
  readonly signature: string
}

/** What a bidder signs when handing in: the tender too, so that nobody can hand it in elsewhere. */
export function bidSubject({ tender, bidder, sealed }: Omit<Bid, 'signature'>) {
  return { action: 'hand-in-bid', bidder, sealed, tender }
}

export interface Bids {
  /**
   * Keeps a sealed bid, if its tender is open at the moment at which it is written. The same bid sent again is answered
   * with its receipt, whenever that is.
   * @param source where it came from, as the hop in front saw it
   * @throws Problem 404, 409 `closed`, 409 `already-bid` where the bidder has handed in another
   */
  handIn(bid: Bid, source: string): Promise<{ readonly receipt: Receipt; readonly isNew: boolean }>
}

interface Kept {
  readonly number: string
  readonly sealed: string
  readonly receivedAt: Date
}

/**
 * One moment, taken once, decides and is written down. The lock on the tender keeps an opening and a new closing time
 * apart from it.
 */
const handIn = `
  with moment as materialized (select date_trunc('milliseconds', clock_timestamp()) as at),
  tender as materialized (select closes_at, opened_at from tenders where id = $1 for share)
  insert into bids (tender, bidder, sealed, signature, source, received_at)
  select $1, $2, $3, $4, $5, moment.at from moment, tender
  where (moment.at < tender.closes_at or $6) and tender.opened_at is null
  on conflict do nothing
  returning number, sealed, received_at as "receivedAt"`

/** Every how many bids the sabotage `loses-bids` loses one. */
const lostOneIn = 5

export function createBids(options: {
  readonly database: Database
  readonly writeReceipt: ReceiptWriter
  readonly sabotaged: Sabotaged
}): Bids {
  const { database, writeReceipt, sabotaged } = options

  /** Why it was not kept. */
  async function refusal({ tender, bidder, sealed }: Bid): Promise<Kept> {
    const [earlier] = await database.query<Kept & Record<string, unknown>>(
      'select number, sealed, received_at as "receivedAt" from bids where tender = $1 and bidder = $2',
      [tender, bidder],
    )
    if (earlier?.sealed === sealed) return earlier
    if (earlier !== undefined) {
      throw new Problem(409, 'already-bid', `${bidder} has handed in a bid for ${tender}, and it stays`)
    }
    const known = await database.query('select id from tenders where id = $1', [tender])
    if (known.length === 0) throw new Problem(404, 'unknown-tender', `there is no tender ${tender}`)
    throw new Problem(409, 'closed', `${tender} is closed`)
  }

  return {
    async handIn(bid, source) {
      const { tender, bidder, sealed, signature } = bid
      const values = [tender, bidder, sealed, signature, source, sabotaged('accepts-late-bids')]
      const [kept] = await database.query<Kept & Record<string, unknown>>(handIn, values)
      const { number, receivedAt } = kept ?? (await refusal(bid))
      if (sabotaged('loses-bids') && Number(number) % lostOneIn === 0) {
        await database.query('delete from bids where number = $1', [number])
      }
      const receipt = writeReceipt({ number, tender, bidder, sealed, receivedAt })
      return { receipt, isNew: kept !== undefined }
    },
  }
}
