import {
  type ActSpec,
  accounted,
  arrivals,
  cut,
  defineScenario,
  everyone,
  invariant,
  measure,
  never,
  stall,
  successRate,
  timeTo,
} from '../harness/index.ts'
import { doorsShut } from './citizens.ts'
import { kioskAttacks, kioskAttacksDone } from './journeys/attacker-at-kiosk.ts'
import { anothersDocument } from './journeys/documents.ts'
import {
  attackerAtKiosk,
  citizenGoesElsewhere,
  citizenLooksUp,
  citizenReadsCatalogue,
  citizenUsesGov24,
  officialIssuesCertificate,
} from './journeys/index.ts'
import { administrativeNetwork } from './system.ts'

/** Until which the officials' fault lasts. */
const back = 'Saeol is back'

/** T2: GPKI is silent, and one worker of Saeol after the other waits for it. */
const saeolWaits: ActSpec = {
  name: 'Saeol waits',
  lasts: '6s',
  faults: [stall('l4→gpki-a', { to: { act: back } }), stall('l4→gpki-b', { to: { act: back } })],
}

/** T4: in 2023 the portal fell with it. */
const afternoon: ActSpec = {
  name: '13:55',
  lasts: '6s',
  hypothesis: [
    successRate(citizenUsesGov24, {
      atLeast: 0.9,
      during: '13:55',
      title: 'citizens have their certificate issued before Saeol is back: success ≥ 90 %',
      source: 'S1, T6: the portal first; the share † ours',
    }),
    successRate(citizenLooksUp, {
      atLeast: 0.95,
      during: '13:55',
      title: 'what needs no Saeol works without it: success ≥ 95 %',
      source: 'F7: unrelated services stay up; the share † ours',
    }),
    successRate(citizenGoesElsewhere, {
      atLeast: 0.95,
      during: '13:55',
      id: 'success-rate:elsewhere',
      title: 'citizens go where the portal sends them, and are served there: success ≥ 95 %',
      source: 'S0, F7: a working alternative; the share † ours',
    }),
    everyone(citizenReadsCatalogue, {
      atLeast: 10,
      during: '13:55',
      title: 'everyone is told how each of the 1,327 services is, and what works instead',
      source: 'F7: all entries show their state and an alternative',
    }),
  ],
}

/** † ours: the site that most are sent to fails as well. */
const kioskToo: ActSpec = {
  name: 'the kiosk too',
  lasts: '5s',
  faults: [cut('kiosk→resident')],
  hypothesis: [
    successRate(citizenGoesElsewhere, {
      atLeast: 0.9,
      during: 'the kiosk too',
      after: '1500ms',
      id: 'success-rate:kiosk-too',
      title: 'nobody is sent where nobody is served, once two probes had their time: success ≥ 90 %',
      source: 'ledger invariant 9: alternatives are probed; the share † ours',
      sabotages: ['points-at-closed'],
    }),
  ],
}

const mechanisms = [
  timeTo('outbox.drained', {
    of: 'reverted',
    within: '8s',
    measure: 'portal-first',
    title: 'what the portal kept is handed in ≤ 8 s after Saeol is back',
    source: '† ours: a scaled night',
  }),
  invariant('what the portal kept was handed in once, as of its day', {
    measure: 'portal-first',
    atLeast: 60,
    source: 'ledger invariants 1 to 3, of what the portal received: nothing lost, once, by its own day',
    sabotages: ['hands-in-twice', 'redates-kept'],
  }),
]

const guards = [
  accounted(citizenUsesGov24, {
    outcome: 'issued',
    by: 'applications received',
    source: 'ledger invariant 1: nothing lost, of what came by the portal either',
    sabotages: ['forgets-applications', 'forgets-kept'],
  }),
  never(attackerAtKiosk, {
    id: 'never:attacker-at-kiosk',
    outcome: kioskAttacksDone,
    atLeast: Object.fromEntries(kioskAttacks.map((name) => [`refused-${name}`, 3])),
    title: 'no citizen is given the entry of a neighbour at a kiosk, and each is refused for what is wrong',
    source: 'F15: requester and subject are the same on each document',
    sabotages: [
      'anybodys-entry',
      'accepts-any-approval',
      'ignores-audience-of-approval',
      'replayed-approval',
    ],
  }),
  never([citizenUsesGov24, citizenLooksUp, citizenGoesElsewhere], {
    outcome: anothersDocument,
    atLeast: 60,
    source: 'F15: requester and subject are the same on each document',
    title: 'no citizen is given a document about somebody else',
    sabotages: ['swapped-answers'],
  }),
]

/**
 * 17 November 2023, 13:55: five hours after the officials, the citizens (T4). GPKI is silent, Saeol's workers wait for it,
 * what Government24 hands in waits for them, and the portal's own workers wait with it: look-ups that need no Saeol and
 * the page that would say so are as dead as the rest (F7). The government brought the portal back before Saeol (S1, T6),
 * and promised to tell citizens where else to go (S0). Here the portal serves on its own, hands in later what it kept, and
 * names sites that its probes find open; a counter that has no Saeol takes it down by hand. † ours: how they do so, and
 * the crowd. Time is scaled: an hour is about a second.
 */
export const cascade = defineScenario({
  name: '17-nov-cascade',
  title: '17 Nov 13:55 — Government24 falls with Saeol',
  facts: ['T2', 'T4', 'T6', 'F7', 'S0', 'S1'],
  system: administrativeNetwork,
  knobs: {
    officials: { type: 'rate', default: '14/s', describe: 'officials who wait for GPKI in Saeol' },
    citizens: { type: 'rate', default: '14/s', describe: 'citizens who have a certificate issued' },
    enquirers: { type: 'rate', default: '16/s', describe: 'citizens who look up their own entry' },
    diverted: { type: 'rate', default: '18/s', describe: 'citizens who go where the portal sends them' },
  },
  build: ({ officials, citizens, enquirers, diverted }) => ({
    services: ['kiosk', 'call-centre'],
    load: [
      arrivals(officialIssuesCertificate, officials),
      arrivals(citizenUsesGov24, citizens),
      arrivals(citizenLooksUp, enquirers),
      arrivals(citizenReadsCatalogue, '2/s', { process: 'regular' }),
      arrivals(citizenGoesElsewhere, diverted),
      arrivals(attackerAtKiosk, '1.5/s', { process: 'regular' }),
    ],
    acts: [{ name: 'morning', lasts: '3s' }, saeolWaits, afternoon, kioskToo, { name: back, lasts: '9s' }],
    measures: [
      measure('portal-first'),
      measure('alternative-site'),
      measure('manual-intake', { budgetMs: 1000 }),
    ],
    hypothesis: [...mechanisms, ...guards, doorsShut('doors of other sites are shut to others', 6)],
  }),
})
