/** Bids after the close, openings before it, and the opening that is due. */
import type { Http, Journey } from '../../harness/index.ts'
import { undetected } from './locks.ts'
import { outcomeOf, patienceMs } from './login.ts'
import { type People, pick, type TenderKey } from './people.ts'
import { handIn, sealedBid, type Tender } from './sealed-bid.ts'

/** The system's words for "I could not", which say nothing about a lock. */
const unable =
  /^(source-quota|queue-full|shed|deadline-exceeded|downstream-|upstream-|timed-out|reset|refused)/

function tendersOf(data: unknown, day: TenderKey['day']): readonly TenderKey[] {
  return (data as People).procurement.tenders.filter((tender) => tender.day === day)
}

/** A bidder who is a day late. */
export const lateBidder: Journey = {
  name: 'late-bidder',
  title: 'bidders who hand in for a tender that has closed',
  entrance: 'bidder-at-home→procurement-front',
  succeedsWith: ['refused', 'no-answer'],
  users: 'late bidders',
  successIs: 'refused',
  async run({ http, data, index, random, step }) {
    const yesterdays = tendersOf(data, 'yesterday')
    const looked = await http('GET', `/tenders/${yesterdays[index % yesterdays.length]!.id}`, {
      timeoutMs: patienceMs,
    })
    const tender = looked.json<Tender>()
    if (looked.status !== 200 || tender === undefined) return 'no-answer'
    const bid = await sealedBid(pick((data as People).procurement.bidders, random), tender, 900_000)
    const answer = await step('hand-in', () => handIn(http, bid))
    if (answer.status === 201 || answer.status === 200) return 'accepted'
    const why = outcomeOf(answer)
    if (unable.test(why)) return 'no-answer'
    return why === 'closed' ? 'refused' : 'overlooked'
  },
}

/** Ways to know bids too soon, with the tender's own key, and the system's word for what is wrong with each. */
const waysToKnow = { opening: 'not-closed', reading: 'sealed' } as const

/** What must never come of one. */
export const knownTooSoon = undetected(Object.keys(waysToKnow), 'known-by')

export const refusedTooSoon = Object.keys(waysToKnow).map((way) => `refused-${way}`)

/** A contracting officer who wants to know what others have offered, the day before. */
export const earlyOpener: Journey = {
  name: 'early-opener',
  title: 'contracting officers who open bids before the close',
  entrance: 'company→procurement-front',
  succeedsWith: [...refusedTooSoon, 'no-answer'],
  users: 'officers who open too soon',
  successIs: 'refused',
  async run({ http, data, index, step }) {
    const way = index % 2 === 0 ? 'opening' : 'reading'
    const tomorrows = tendersOf(data, 'tomorrow')
    const tender = tomorrows[index % tomorrows.length]!
    const answer = await step(way, () => (way === 'opening' ? open(http, tender) : read(http, tender)))
    if (answer.status === 201 || answer.status === 200) return `known-by-${way}`
    const why = outcomeOf(answer)
    if (unable.test(why)) return 'no-answer'
    return why === waysToKnow[way] ? `refused-${way}` : `overlooked-${way}`
  },
}

/** The contracting officer of a tender that has closed opens its bids. */
export const officerOpensBids: Journey = {
  name: 'officer-opens-bids',
  title: 'contracting officers open the bids of a closed tender',
  entrance: 'company→procurement-front',
  succeedsWith: ['opened'],
  users: 'contracting officers',
  async run({ http, data, random, step }) {
    const listed = await http('GET', '/tenders?state=closed', { timeoutMs: patienceMs })
    const closed = listed.json<{ tenders: Tender[] }>()?.tenders ?? []
    if (closed.length === 0) return `list-${outcomeOf(listed)}`
    const { id } = pick(closed, random)
    const tender = (data as People).procurement.tenders.find((one) => one.id === id)!
    const answer = await step('opening', () => open(http, tender))
    if (answer.status !== 201) return outcomeOf(answer)
    const { bids } = answer.json<{ bids: readonly { priceWon: number | null }[] }>()!
    return bids.every(({ priceWon }) => priceWon !== null) ? 'opened' : 'unreadable'
  },
}

function open(http: Http, { id, openingKeyPkcs8: openingKey }: TenderKey) {
  return http('POST', `/tenders/${id}/opening`, { json: { openingKey }, timeoutMs: patienceMs })
}

function read(http: Http, { id }: TenderKey) {
  return http('GET', `/tenders/${id}/bids`, { timeoutMs: patienceMs })
}
