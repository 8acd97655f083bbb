import {
  arrivals,
  defineScenario,
  everyone,
  invariant,
  measure,
  successRate,
  surge,
  timeTo,
} from '../harness/index.ts'
import { bidGuards, dishonestAtTenders } from './bid-guards.ts'
import { citizenGuards, citizens, doorsShut } from './citizens.ts'
import { bidderAtDeadline, bidderHandsIn, floodFromAbroad, officerOpensBids } from './journeys/index.ts'
import { administrativeNetwork } from './system.ts'

/**
 * 23 November 2023, 09:19 to 10:21: the procurement site is flooded from one address abroad, in the hour in which most bids
 * are handed in, and some 1,600 of them were given a new closing time (T11, F9). The flood takes every worker and the queue
 * in front of them. A quota for each source gives the workers back, but not at once: an address may be that of a whole
 * company, whose rush before a deadline is no flood. Whoever's tender closed in that moment is given another one, by an
 * order that two duty officers sign once the system was measured to be out. † ours: that there was a quota. Time is scaled:
 * the hour is nine seconds, and a tender closes four times a second.
 */
export const bidFlood = defineScenario({
  name: '23-nov-bid-flood',
  title: '23 Nov 09:19 — one source floods the procurement site at the bidding peak',
  facts: ['T11', 'F9', 'S1'],
  system: administrativeNetwork,
  knobs: {
    bidders: { type: 'rate', default: '22/s', describe: 'bidders who hand in, with time to spare' },
    peak: {
      type: 'rate',
      default: '12/s',
      describe: 'bidders who choose a tender to hand in at its deadline',
    },
    flood: { type: 'rate', default: '240/s', describe: 'requests of the one source abroad' },
  },
  build: ({ bidders, peak, flood }) => ({
    services: ['procurement', 'procurement-front'],
    load: [arrivals(bidderHandsIn, bidders), ...dishonestAtTenders, citizens],
    acts: [
      { name: 'steady', lasts: '3s' },
      {
        name: 'peak',
        lasts: '3s',
        load: [arrivals(bidderAtDeadline, peak)],
        hypothesis: [
          everyone(bidderAtDeadline, {
            during: 'peak',
            atLeast: 20,
            title: 'whoever’s tender was due in the flood has handed in',
            source: 'T11: some 1,600 bids were given a new closing time',
          }),
        ],
      },
      {
        name: 'flood',
        lasts: '9s',
        faults: [surge(floodFromAbroad, flood)],
        hypothesis: [
          successRate(bidderHandsIn, {
            atLeast: 0.95,
            during: 'flood',
            after: '4s',
            title: 'other bidders are served in the flood, once it was told from a rush: success ≥ 95 %',
            source: '† ours: nineteen in twenty bidders',
          }),
        ],
      },
      { name: 'extension', lasts: '4s' },
      { name: 'closing', lasts: '4s', load: [arrivals(officerOpensBids, '4/s', { process: 'regular' })] },
    ],
    measures: [measure('per-source-quota'), measure('deadline-extension')],
    hypothesis: [
      timeTo('source.held', {
        of: 'injected',
        within: '3s',
        measure: 'per-source-quota',
        source: '† ours: some twenty minutes, scaled',
      }),
      invariant('each tender due in the outage was moved once', {
        measure: 'deadline-extension',
        atLeast: 5,
        source: 'F9, ledger invariant 7: deadlines inside the outage move once',
        sabotages: ['extends-twice', 'extends-open-only'],
      }),
      ...bidGuards,
      doorsShut('doors of procurement are shut to others', 6),
      ...citizenGuards,
    ],
  }),
})
