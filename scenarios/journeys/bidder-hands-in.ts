import type { HttpAnswer, Journey, Visit } from '../../harness/index.ts'
import { outcomeOf } from './login.ts'
import { type People, pick } from './people.ts'
import {
  handIn,
  handInLate,
  type Left,
  openTenders,
  receiptFor,
  type SealedBid,
  sealedBid,
} from './sealed-bid.ts'

/** Attempts before a bidder gives up for the day. † ours: as an official's. */
const attempts = 3

/** Share of bidders of whom two people hand in at once, each with a price of their own. † ours. */
const clickTwice = 0.1

/** A tender that closes sooner is one for those who are in a hurry, ms. */
const unhurriedMs = 3000

/** What must never come of a visit: a second bid was taken. */
export const twoBids = 'two-bids'

/** T11: a company hands in a sealed bid for a tender that closes some while later, and takes the receipt home. */
export const bidderHandsIn: Journey = {
  name: 'bidder-hands-in',
  title: 'bidders hand in a bid',
  entrance: 'company→procurement-front',
  succeedsWith: ['handed-in'],
  users: 'bidders',
  // † ours: as long as an official's visitor waits.
  servedWithinMs: 3000,
  async run(visit) {
    const { random, pause } = visit
    const twice = random() < clickTwice
    let outcome: Left = 'never-tried'
    let bids: readonly SealedBid[] = []
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (attempt > 0) await pause(100 + 200 * random())
      if (bids.length === 0) {
        const chosen = await visit.step('list', () => choose(visit, twice ? 2 : 1))
        if ('why' in chosen) {
          outcome = chosen.why
          continue
        }
        bids = chosen.bids
      }
      outcome = await visit.step('hand-in', () => handAllIn(visit, bids))
      if (typeof outcome !== 'string' || outcome === twoBids) return outcome
      // Somebody else of the company was faster: there are other tenders.
      if (outcome === 'already-bid') bids = []
    }
    return outcome
  },
}

/** Bids of one bidder for one tender, each with its own price. */
async function choose(
  { http, data, random }: Visit,
  count: number,
): Promise<{ readonly bids: readonly SealedBid[] } | { readonly why: string }> {
  const { bidders } = (data as People).procurement
  const page = await openTenders(http)
  if ('status' in page) return { why: `list-${outcomeOf(page)}` }
  const until = Date.now() + page.aheadMs + unhurriedMs
  const later = page.tenders.filter(({ closesAt }) => Date.parse(closesAt) > until)
  if (later.length === 0) return { why: 'no-tender' }
  // The last ones of the list hand in at their deadline.
  const [bidder, tender] = [pick(bidders.slice(0, -handInLate), random), pick(later, random)]
  const price = 1_000_000 + Math.floor(random() * 1_000_000)
  const prices = Array.from({ length: count }, (_, index) => price + index)
  return { bids: await Promise.all(prices.map((priceWon) => sealedBid(bidder, tender, priceWon))) }
}

/** Sent at once; the one of them that is taken counts. */
async function handAllIn({ http, data }: Visit, bids: readonly SealedBid[]): Promise<Left> {
  const { receiptKeySpki } = (data as People).procurement
  const answers = await Promise.all(bids.map((bid) => handIn(http, bid)))
  const taken = answers.flatMap((answer, at) => (isTaken(answer) ? [{ answer, bid: bids[at]! }] : []))
  const [first, second] = taken
  if (first === undefined) {
    const why = outcomeOf(answers[0]!)
    return why === 'already-bid' ? why : `hand-in-${why}`
  }
  if (second !== undefined) return twoBids
  const number = await receiptFor(first.bid, first.answer, receiptKeySpki)
  return number === undefined ? 'wrong-receipt' : { outcome: 'handed-in', took: number }
}

function isTaken({ status }: HttpAnswer): boolean {
  return status === 201 || status === 200
}
