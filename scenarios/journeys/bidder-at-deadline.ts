import type { Http, Journey, Visit } from '../../harness/index.ts'
import { outcomeOf, patienceMs } from './login.ts'
import type { People } from './people.ts'
import {
  handIn,
  handInLate,
  type Left,
  openTenders,
  receiptFor,
  type SealedBid,
  sealedBid,
} from './sealed-bid.ts'

/** They choose a tender that closes this much later at least, and hand in so long before it closes, ms. † ours. */
const choosesAheadMs = 3500
const handsInBeforeMs = { least: 400, most: 600 }

/** How long somebody comes back whose tender was closed on them, ms from when they chose. † ours: until the afternoon. */
const comesBackForMs = 17_000

/** Pause before the next try, ms. † ours. */
const pauseMs = { least: 700, most: 1000 }

/**
 * T11: a bidder who hands in at the last moment, as most do. Who is not served tries again; whose tender has closed
 * meanwhile looks now and then whether it was given a new closing time.
 */
export const bidderAtDeadline: Journey = {
  name: 'bidder-at-deadline',
  title: 'bidders hand in at the deadline',
  entrance: 'bidder-at-home→procurement-front',
  succeedsWith: ['handed-in'],
  users: 'bidders at their deadline',
  servedWithinMs: comesBackForMs + 2000,
  async run(visit) {
    const { random, pause } = visit
    const until = Date.now() + comesBackForMs
    const chosen = await visit.step('list', () => choose(visit))
    if ('why' in chosen) return chosen.why
    await pause(Math.max(0, chosen.handInAt - Date.now()))
    for (;;) {
      const outcome = await visit.step('hand-in', () => tryOnce(visit, chosen.bid))
      if (typeof outcome !== 'string' || Date.now() > until) return outcome
      do {
        await pause(pauseMs.least + (pauseMs.most - pauseMs.least) * random())
      } while (outcome === 'closed' && Date.now() < until && !(await isOpen(visit.http, chosen.bid.tender)))
    }
  },
}

async function choose({
  http,
  data,
  index,
  random,
}: Visit): Promise<{ readonly bid: SealedBid; readonly handInAt: number } | { readonly why: string }> {
  const { bidders } = (data as People).procurement
  const page = await openTenders(http)
  if ('status' in page) return { why: `list-${outcomeOf(page)}` }
  const ours = (closesAt: string): number => Date.parse(closesAt) - page.aheadMs
  const tender = page.tenders.find(({ closesAt }) => ours(closesAt) > Date.now() + choosesAheadMs)
  if (tender === undefined) return { why: 'no-tender' }
  const { least, most } = handsInBeforeMs
  const bidder = bidders.at(-1 - (index % handInLate))!
  return {
    bid: await sealedBid(bidder, tender, 1_000_000 + Math.floor(random() * 1_000_000)),
    handInAt: ours(tender.closesAt) - least - (most - least) * random(),
  }
}

async function tryOnce({ http, data }: Visit, bid: SealedBid): Promise<Left> {
  const answer = await handIn(http, bid)
  if (answer.status !== 201 && answer.status !== 200) return outcomeOf(answer)
  const number = await receiptFor(bid, answer, (data as People).procurement.receiptKeySpki)
  return number === undefined ? 'wrong-receipt' : { outcome: 'handed-in', took: number }
}

async function isOpen(http: Http, tender: string): Promise<boolean> {
  const answer = await http('GET', `/tenders/${tender}`, { timeoutMs: patienceMs })
  return answer.json<{ state?: string }>()?.state === 'open'
}
