import {
  accounted,
  arrivals,
  defineScenario,
  everyone,
  invariant,
  measure,
  never,
  stall,
} from '../harness/index.ts'
import { citizenGuards, citizens } from './citizens.ts'
import { anothersDocument } from './journeys/documents.ts'
import { officialIssuesCertificate, visitorAtCounter } from './journeys/index.ts'
import { administrativeNetwork } from './system.ts'

/** Where receipts come about: their guards owe their minimum there. */
const receipts = { fault: true, measure: 'manual-intake' }

/**
 * A trouble that only the community centres have: their own line to Saeol carries nothing, while GPKI, Saeol and the
 * officials at their desks see nothing of it, and no alarm is raised. † ours: no source tells of such a line on
 * 17 November; it is what intake by hand (S0 S4) must be good for as well. What was asked for when the line died may
 * have been issued although the visitor left with a receipt. Time is scaled: a minute is a second here.
 */
export const centreLine = defineScenario({
  name: '17-nov-centre-line',
  title: '17 Nov — the community centres’ own line is dead, and nobody else notices',
  facts: ['S0', 'S4'],
  system: administrativeNetwork,
  knobs: {
    officials: { type: 'rate', default: '6/s', describe: 'officials who issue a certificate at their desks' },
    visitors: { type: 'rate', default: '12/s', describe: 'visitors at the counters' },
    fault: { type: 'duration', default: '5s', describe: 'how long the line is dead' },
    recovery: { type: 'duration', default: '5s', describe: 'how long the recovery is watched' },
  },
  build: ({ officials, visitors, fault, recovery }) => ({
    load: [arrivals(officialIssuesCertificate, officials), arrivals(visitorAtCounter, visitors), citizens],
    acts: { baseline: '3s', fault, recovery },
    faults: [stall('community-centre→saeol')],
    measures: [measure('manual-intake', { budgetMs: 1000 })],
    // Visits of the last moments before it are caught by the fault: without intake they fail.
    baselineAtLeast: 0.75,
    hypothesis: [
      everyone(visitorAtCounter, {
        atLeast: 100,
        source: 'S0 S4: intake by hand, so that nobody leaves with nothing',
      }),

      invariant('every receipt was entered', {
        measure: 'manual-intake',
        atLeast: 20,
        source: 'S0 S1: entered retroactively; whoever may write receipts can have their outage declared',
        sabotages: ['keeps-trouble-quiet'],
      }),

      ...citizenGuards,
      accounted(visitorAtCounter, {
        minimumWhere: receipts,
        outcome: 'receipt',
        by: 'receipts kept',
        atLeast: 20,
        source: 'ledger invariant 1: nothing lost',
        sabotages: ['loses-receipts'],
      }),
      never(visitorAtCounter, {
        outcome: anothersDocument,
        atLeast: 100,
        source: 'F15: requester and subject are the same on each document',
        title: 'no visitor is given a document about somebody else',
        sabotages: ['swapped-document'],
      }),
      invariant('each visit has one document', {
        minimumWhere: receipts,
        atLeast: 20,
        source: 'S0 S1: what was entered becomes a document, and no second one',
        sabotages: ['receipt-and-certificate'],
      }),
      invariant('entries say what receipts say', {
        minimumWhere: receipts,
        atLeast: 20,
        source: 'ledger invariant 2: receivedOn is immutable, and so is the rest',
        sabotages: ['overwrites-received-on', 'entry-differs'],
      }),
      invariant('an outage is declared for the time it lasted', {
        minimumWhere: receipts,
        atLeast: 3,
        source: 'ledger invariant 5: of that system and office',
        sabotages: ['declares-everywhere'],
      }),
    ],
  }),
})
