import {
  accounted,
  arrivals,
  defineScenario,
  measure,
  never,
  successRate,
  switchOn,
  timeTo,
} from '../harness/index.ts'
import { anothersDocument } from './journeys/documents.ts'
import { citizenUsesGov24, officialIssuesCertificate } from './journeys/index.ts'
import { administrativeNetwork } from './system.ts'

/**
 * April 2024, five months later: the portal hands 646 documents to the wrong person (F15). Two who ask at once are given
 * each other's; whoever asks alone sees nothing wrong, so no test before the update found it. A portal that looks once
 * more before a document leaves makes it anew, or refuses. † ours: how long pages lie side by side, and the crowd. Time
 * is scaled: a second of the update is one here.
 */
export const swappedDocuments = defineScenario({
  name: 'swapped-documents',
  title: 'Apr 2024 — the portal hands documents to the wrong citizens',
  facts: ['F15'],
  system: administrativeNetwork,
  knobs: {
    citizens: { type: 'rate', default: '24/s', describe: 'citizens who have a certificate issued' },
    officials: { type: 'rate', default: '5/s', describe: 'officials, whom it does not touch' },
  },
  build: ({ citizens, officials }) => ({
    load: [arrivals(citizenUsesGov24, citizens), arrivals(officialIssuesCertificate, officials)],
    acts: [
      { name: 'before', lasts: '3s' },
      {
        name: 'updated',
        lasts: '7s',
        faults: [switchOn('gov24', 'crossed-answers')],
        hypothesis: [
          successRate(citizenUsesGov24, {
            atLeast: 0.95,
            during: 'updated',
            title: 'citizens are given their own document after the update: success ≥ 95 %',
            source: 'F15: the own document, or an honest refusal; the share † ours',
          }),
        ],
      },
      { name: 'taken back', lasts: '3s' },
    ],
    measures: [measure('check-before-issue')],
    hypothesis: [
      timeTo('document.held-back', {
        of: 'injected',
        within: '2s',
        measure: 'check-before-issue',
        title: 'the first document about another is held back ≤ 2 s after the update',
        source: '† ours: two citizens who ask at once come every few hundred ms',
      }),
      never(citizenUsesGov24, {
        outcome: anothersDocument,
        where: { measure: 'check-before-issue' },
        atLeast: { issued: 60 },
        source: 'F15: requester and subject are the same on each document, else it is refused',
        title: 'no citizen is given a document about somebody else, where somebody looks before it leaves',
        sabotages: ['looks-away'],
      }),
      accounted(citizenUsesGov24, {
        outcome: 'issued',
        by: 'applications received',
        source: 'ledger invariant 1: nothing lost, of what came by the portal either',
        sabotages: ['forgets-applications'],
      }),
    ],
  }),
})
