/** What holds for tenders and bids, whatever else is out of order; and those who try what must not be. */
import { accounted, arrivals, invariant, never } from '../harness/index.ts'
import { twoBids } from './journeys/bidder-hands-in.ts'
import { extendedUnlawfully, refusedExtensions } from './journeys/dishonest-extension.ts'
import {
  bidderAtDeadline,
  bidderHandsIn,
  dishonestExtension,
  earlyOpener,
  lateBidder,
} from './journeys/index.ts'
import { knownTooSoon, refusedTooSoon } from './journeys/tenders-out-of-time.ts'

/** Once a second each, so that each way comes some times in the replay. */
export const dishonestAtTenders = [
  arrivals(lateBidder, '1/s', { process: 'regular' }),
  arrivals(earlyOpener, '1/s', { process: 'regular' }),
  arrivals(dishonestExtension, '1/s', { process: 'regular' }),
]

/** Where nothing is wrong: amid a flood nobody gets as far as a lock. */
const goodDay = { fault: false }

export const bidGuards = [
  never(earlyOpener, {
    id: 'never:early-opener',
    title: 'no officer knows a bid before the close, and each try is refused for what is wrong',
    outcome: knownTooSoon,
    atLeast: Object.fromEntries(refusedTooSoon.map((outcome) => [outcome, 2])),
    minimumWhere: goodDay,
    source: 'F9: none opened early',
    sabotages: ['opens-early', 'shows-sealed-bids'],
  }),
  invariant('no tender is opened before its close', {
    atLeast: 3,
    source: 'F9: none opened early, as the ledger has it',
    sabotages: ['opens-early'],
  }),
  never(lateBidder, {
    id: 'never:late-bidder',
    title: 'no bid is accepted for a tender that has closed',
    outcome: ['accepted', 'overlooked'],
    atLeast: { refused: 5 },
    minimumWhere: goodDay,
    source: 'F9: no bid after the close',
    sabotages: ['accepts-late-bids'],
  }),
  invariant('no bid is accepted after the close', {
    atLeast: 50,
    source: 'F9: no bid after the close, as the ledger has it',
    sabotages: ['accepts-late-bids'],
  }),
  accounted([bidderHandsIn, bidderAtDeadline], {
    outcome: 'handed-in',
    by: 'bids kept',
    source: 'F9: no bid lost that was acknowledged',
    sabotages: ['loses-bids'],
  }),
  never(bidderHandsIn, {
    id: 'never:two-bids',
    title: 'no bidder has two bids taken',
    outcome: twoBids,
    atLeast: { 'handed-in': 50 },
    minimumWhere: goodDay,
    source: 'one bid of each bidder for a tender',
    sabotages: ['two-bids-each'],
  }),
  invariant('each bidder has one bid for a tender', {
    atLeast: 50,
    source: 'one bid of each bidder for a tender, as the ledger has it',
    sabotages: ['two-bids-each'],
  }),
  invariant('bids say which line they came by', {
    atLeast: 50,
    source: '† ours: the source is what the hop in front saw, and never what a client says',
    sabotages: ['trusts-client-address'],
  }),
  never(dishonestExtension, {
    id: 'never:dishonest-extension',
    title: 'no closing time is moved without two officers and an outage, and none twice by one order',
    outcome: extendedUnlawfully,
    atLeast: Object.fromEntries(refusedExtensions.map((outcome) => [outcome, 2])),
    minimumWhere: { fault: false, measure: 'deadline-extension' },
    source: 'ledger invariant 7: deadlines inside the outage move once',
    sabotages: ['one-approval', 'forged-approval', 'extends-unmeasured', 'extends-twice'],
  }),
]
