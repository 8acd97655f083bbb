import {
  accounted,
  arrivals,
  cut,
  defineScenario,
  invariant,
  latency,
  measure,
  never,
  timeTo,
} from '../harness/index.ts'
import { citizenGuards, citizens } from './citizens.ts'
import { anothersDocument } from './journeys/documents.ts'
import { officialIssuesCertificate, officialOnMonday, visitorAtCounter } from './journeys/index.ts'
import { administrativeNetwork } from './system.ts'

/** Where receipts come about. */
const outage = { fault: true }

/** Who hands documents over. */
const issuers = [officialIssuesCertificate, officialOnMonday, visitorAtCounter]

const serviceLevels = [
  latency(officialOnMonday, {
    quantile: 0.95,
    below: '800ms',
    during: 'Monday',
    untilEnd: '7s',
    source: 'F14: live certificates within target; the target † ours: the queue behind a visitor',
  }),
]

const guards = [
  invariant('every receipt was entered', {
    minimumWhere: outage,
    atLeast: 60,
    source: 'ledger invariant 1: nothing lost',
    sabotages: ['rejects-receipts'],
  }),
  accounted(visitorAtCounter, {
    minimumWhere: outage,
    outcome: 'receipt',
    by: 'receipts kept',
    source: 'ledger invariant 1: nothing lost',
    sabotages: ['loses-receipts'],
  }),
  invariant('each receipt was entered once', {
    minimumWhere: outage,
    atLeast: 60,
    source: 'ledger invariant 3: exactly once, although two clerks enter each receipt',
    sabotages: ['enters-twice'],
  }),
  invariant('entries say what receipts say', {
    minimumWhere: outage,
    atLeast: 60,
    source: 'ledger invariant 2: the day of receipt stays, and so does the rest',
    sabotages: ['overwrites-received-on', 'entry-differs'],
  }),
  invariant('fixed-date cases keep their order', {
    minimumWhere: outage,
    atLeast: 20,
    source: 'ledger invariant 4: a case of Friday comes before one of Monday',
    sabotages: ['orders-by-entry'],
  }),
  invariant('each visit has one document', {
    minimumWhere: outage,
    atLeast: 60,
    source: 'F14: no duplicates',
    sabotages: ['receipt-and-certificate'],
  }),
  never(issuers, {
    outcome: anothersDocument,
    atLeast: 60,
    source: 'F15: requester and subject are the same on each document',
    title: 'nobody is given a document about somebody else',
    sabotages: ['swapped-document'],
  }),
  accounted(issuers, {
    outcome: ['issued', 'certificate'],
    by: 'certificates issued once',
    atLeast: 60,
    source: 'S0: what was handed over was issued',
    sabotages: ['forgets-certificates'],
  }),
]

/**
 * 20 November 2023, Monday (T9): the counters are open again under real load, and what was written by hand on Friday is
 * entered at the same time (F14). Entries that stand in the queue like anybody else slow down whoever is at a counter.
 * † ours: that the pile is read in by machine, Saeol's size that morning, and how its ways were out on Friday; the weekend
 * is left out. Time is scaled: an hour of that morning is four seconds.
 */
export const recoverySurge = defineScenario({
  name: '20-nov-recovery-surge',
  title: '20 Nov, Monday — the counters are open, and Friday’s receipts are entered at the same time',
  facts: ['T9', 'F14', 'S0', 'S1'],
  system: administrativeNetwork,
  knobs: {
    officials: { type: 'rate', default: '16/s', describe: 'officials who log in and issue a certificate' },
    visitors: { type: 'rate', default: '22/s', describe: 'visitors at the counters on Friday' },
    slots: { type: 'number', default: 10, describe: 'workers of Saeol' },
  },
  build: ({ officials, visitors, slots }) => ({
    environment: {
      // † ours: two signatures, a window and a certificate for each entry, as long as a certificate takes.
      saeol: { SLOTS: String(slots), SERVICE_TIME_MS: JSON.stringify({ entry: 100 }) },
      // Intake by hand is what Friday had (S0 S4), in every arm; † ours: ten clerks with three entries under way each.
      'community-centre': {
        MEASURE_MANUAL_INTAKE: JSON.stringify({
          budgetMs: 1000,
          entriesPerS: 1000,
          entriesAtOnce: 3,
          longestPauseMs: 250,
        }),
      },
    },
    load: [citizens],
    acts: [
      { name: 'Friday', lasts: '3s', load: [arrivals(officialIssuesCertificate, officials)] },
      {
        name: 'by hand',
        lasts: '4s',
        load: [arrivals(visitorAtCounter, visitors)],
        faults: [cut('front→saeol'), cut('community-centre→saeol'), cut('situation-room→saeol')],
      },
      { name: 'Monday', lasts: '12s', load: [arrivals(officialOnMonday, officials)] },
    ],
    measures: [measure('retroactive-entry')],
    hypothesis: [
      ...serviceLevels,
      timeTo('receipts.drained', {
        of: 'reverted',
        within: '10s',
        measure: 'retroactive-entry',
        source: 'F14: the backlog drains; the time † ours',
      }),
      ...guards,
      ...citizenGuards,
    ],
  }),
})
