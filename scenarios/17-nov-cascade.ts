import {
  accounted,
  arrivals,
  defineScenario,
  everyone,
  invariant,
  measure,
  never,
  stall,
  successRate,
  timeTo,
} from '../harness/index.ts'
import { anothersDocument } from './journeys/documents.ts'
import {
  citizenLooksUp,
  citizenReadsCatalogue,
  citizenUsesGov24,
  officialIssuesCertificate,
} from './journeys/index.ts'
import { administrativeNetwork } from './system.ts'

/** Name of the act in which the portal fell in 2023. */
const afternoon = '13:55'

/**
 * 17 November 2023, 13:55: five hours after the officials, the citizens (T4). GPKI is silent, Saeol's workers wait for it,
 * what Government24 hands in waits for them, and the portal's own workers wait with it: look-ups that need no Saeol and
 * the page that would say so are as dead as the rest (F7). The government brought the portal back before Saeol (S1, T6);
 * here it serves on its own, and hands in later what it kept. † ours: how it does so, and the crowd. Time is scaled: an
 * hour is about a second.
 */
export const cascade = defineScenario({
  name: '17-nov-cascade',
  title: '17 Nov 13:55 — Government24 falls with Saeol',
  facts: ['T2', 'T4', 'T6', 'F7', 'S1'],
  system: administrativeNetwork,
  knobs: {
    officials: { type: 'rate', default: '16/s', describe: 'officials who wait for GPKI in Saeol' },
    citizens: { type: 'rate', default: '16/s', describe: 'citizens who have a certificate issued' },
    lookers: { type: 'rate', default: '12/s', describe: 'citizens who look up their own entry' },
  },
  build: ({ officials, citizens, lookers }) => ({
    load: [
      arrivals(officialIssuesCertificate, officials),
      arrivals(citizenUsesGov24, citizens),
      arrivals(citizenLooksUp, lookers),
      arrivals(citizenReadsCatalogue, '2/s', { process: 'regular' }),
    ],
    acts: [
      { name: 'morning', lasts: '3s' },
      {
        name: 'Saeol waits',
        lasts: '6s',
        faults: [
          stall('l4→gpki-a', { to: { act: 'Saeol is back' } }),
          stall('l4→gpki-b', { to: { act: 'Saeol is back' } }),
        ],
      },
      {
        name: afternoon,
        lasts: '6s',
        hypothesis: [
          successRate(citizenUsesGov24, {
            atLeast: 0.9,
            during: afternoon,
            title: 'citizens have their certificate issued before Saeol is back: success ≥ 90 %',
            source: 'S1, T6: the portal first; the share † ours',
          }),
          successRate(citizenLooksUp, {
            atLeast: 0.95,
            during: afternoon,
            title: 'what needs no Saeol works without it: success ≥ 95 %',
            source: 'F7: unrelated services stay up; the share † ours',
          }),
          everyone(citizenReadsCatalogue, {
            atLeast: 10,
            during: afternoon,
            title: 'everyone is told how each of the 1,327 services is, and what works instead',
            source: 'F7: all entries show their state and an alternative',
          }),
        ],
      },
      { name: 'Saeol is back', lasts: '6s' },
    ],
    measures: [measure('portal-first')],
    hypothesis: [
      timeTo('outbox.drained', {
        of: 'reverted',
        within: '6s',
        measure: 'portal-first',
        title: 'what the portal kept is handed in ≤ 6 s after Saeol is back',
        source: '† ours: a scaled night',
      }),
      invariant('what the portal kept was handed in once, as of its day', {
        measure: 'portal-first',
        atLeast: 60,
        source: 'ledger invariants 1 to 3, of what the portal received: nothing lost, once, by its own day',
        sabotages: ['hands-in-twice', 'redates-kept'],
      }),
      accounted(citizenUsesGov24, {
        outcome: 'issued',
        by: 'applications received',
        source: 'ledger invariant 1: nothing lost, of what came by the portal either',
        sabotages: ['forgets-applications', 'forgets-kept'],
      }),
      never([citizenUsesGov24, citizenLooksUp], {
        outcome: anothersDocument,
        atLeast: 60,
        source: 'F15: requester and subject are the same on each document',
        title: 'no citizen is given a document about somebody else',
        sabotages: ['swapped-answers'],
      }),
    ],
  }),
})
