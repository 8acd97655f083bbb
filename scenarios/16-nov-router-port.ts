import {
  accounted,
  arrivals,
  defineScenario,
  everyone,
  invariant,
  measure,
  never,
  noEvent,
  packetLoss,
  successRate,
  timeTo,
} from '../harness/index.ts'
import { citizenGuards, citizens } from './citizens.ts'
import { anothersDocument } from './journeys/documents.ts'
import {
  officialInsistsOnCertificate,
  officialIssuesCertificate,
  officialReadsNotices,
  statusPage,
  visitorAtCounter,
} from './journeys/index.ts'
import { administrativeNetwork } from './system.ts'

/** Where receipts come about: their guards owe their minimum there. */
const receipts = { fault: true, measure: 'manual-intake' }

/** Until when the password login is not yet open, ms: the alarm takes 0.8 s, and each of two officers 1 s. */
const openingMs = 3000

/** What users must get. @param faultMs how long the port is damaged */
const serviceLevels = (faultMs: number) => [
  successRate(officialIssuesCertificate, {
    atLeast: 0.95,
    // While it is open, while it closes, and after.
    during: ['fault', 'recovery'],
    after: '4s',
    source: '† ours: nineteen in twenty officials serve their visitor',
  }),
  successRate(officialInsistsOnCertificate, {
    atLeast: 0.9,
    during: 'fault',
    untilEnd: Math.max(0, faultMs - openingMs),
    title:
      'whoever insists on the certificate is let in, or told within 1.5 s that it cannot be: ≥ 90 % until the fallback is open',
    source: 'F1: an honest error within 3 s †, here within half of it; the share † ours',
  }),
  successRate(officialReadsNotices, {
    atLeast: 0.9,
    during: 'fault',
    title: 'Saeol’s workers are not exhausted: ≥ 90 % of what needs no login is served during fault',
    source: 'F1: workers not exhausted; the share † ours',
  }),
  everyone(visitorAtCounter, {
    atLeast: 50,
    source: 'S0 S4: intake by hand, so that nobody leaves with nothing',
  }),
]

/** What the measures do. */
const mechanisms = [
  timeTo('fallback.opened', {
    of: 'injected',
    within: '4s',
    measure: 'password-fallback',
    source:
      '† ours: two duty officers within two scaled minutes of the fault (S0 names the measure, no time)',
  }),
  timeTo('fallback.closed', {
    of: 'reverted',
    within: '4s',
    measure: 'password-fallback',
    source: '† ours: invariant 7, 60 s after verified recovery, scaled, and the hold-down that verifies it',
  }),
  noEvent('fallback.opened', {
    measure: 'password-fallback',
    source: 'fallback invariant 7: open only while a verified outage lasts',
  }),
]

/** What must be seen, and what must not, whatever is on. */
const guards = [
  invariant('every receipt was entered', {
    measure: 'manual-intake',
    atLeast: 10,
    source: 'S0 S1: entered retroactively; ledger invariant 1',
    sabotages: ['rejects-receipts'],
  }),
  timeTo('alarm.raised', {
    of: 'injected',
    within: '2s',
    title: 'the deep probe is red, and the alarm raised, ≤ 2 s after the fault begins',
    source: 'F1: red within 60 s †, scaled by 30',
    sabotages: ['probes-with-short-requests'],
  }),
  never(statusPage, {
    outcome: 'red',
    atLeast: 40,
    title: 'the status page is never red: what it asks is small',
    source: 'T13, F1: /health green all the while',
    sabotages: ['health-looks-deep'],
  }),
  accounted(visitorAtCounter, {
    minimumWhere: receipts,
    outcome: 'receipt',
    by: 'receipts kept',
    source: 'ledger invariant 1: nothing lost',
    sabotages: ['loses-receipts'],
  }),
  never([officialIssuesCertificate, visitorAtCounter], {
    outcome: anothersDocument,
    atLeast: 100,
    source: 'F15: requester and subject are the same on each document',
    title: 'nobody is given a document about somebody else',
    sabotages: ['swapped-document'],
  }),
  invariant('each visit has one document', {
    minimumWhere: receipts,
    atLeast: 10,
    source: 'S0 S1: what was entered becomes a document, and no second one',
    sabotages: ['receipt-and-certificate'],
  }),
  invariant('everything done is on the audit', {
    minimumWhere: receipts,
    atLeast: 20,
    source: 'fallback invariant 8; ledger invariant 2: clerk and verifier recorded',
    sabotages: ['incomplete-audit'],
  }),
]

/**
 * The cause that was found on 25 November 2023 (T13, F1), as it was from the night of the 16th on (T1): a damaged port
 * of the router on the way to authentication lost nine in ten packets of 1,500 bytes. What is small passes, and every
 * status page is green; a signed login, with its certificates 2,500 bytes, does not. The port is the one in front of the
 * L4 switch: Saeol's logins and the situation room's probe come through it. Some logins get through by luck: a grey
 * failure. Time is scaled: a minute is two seconds here.
 */
export const routerPort = defineScenario({
  name: '16-nov-router-port',
  title: '16 Nov — a router port loses nine in ten full-size packets on the way to GPKI',
  facts: ['T1', 'T13', 'F1', 'S0'],
  system: administrativeNetwork,
  knobs: {
    // As many as a sample takes of which nineteen in twenty can be said.
    officials: { type: 'rate', default: '18/s', describe: 'officials who log in and issue a certificate' },
    insistent: { type: 'rate', default: '16/s', describe: 'officials who insist on their certificate' },
    readers: { type: 'rate', default: '10/s', describe: 'officials who open notices and downloads' },
    visitors: { type: 'rate', default: '8/s', describe: 'visitors at the counters' },
    // Half a scaled minute: until both have signed, only deadlines tell officials what is wrong.
    reaction: { type: 'duration', default: '1s', describe: 'how long each duty officer takes' },
    fault: { type: 'duration', default: '9s', describe: 'how long the port is damaged' },
    recovery: { type: 'duration', default: '5s', describe: 'how long the recovery is watched' },
  },
  build: ({ officials, insistent, readers, visitors, reaction, fault, recovery }) => ({
    load: [
      arrivals(officialIssuesCertificate, officials),
      arrivals(officialInsistsOnCertificate, insistent),
      arrivals(officialReadsNotices, readers),
      arrivals(visitorAtCounter, visitors),
      arrivals(statusPage, '4/s', { process: 'regular' }),
      citizens,
    ],
    acts: { baseline: '3s', fault, recovery },
    faults: [packetLoss('saeol→l4', { minBytes: 1500, probability: 0.9 })],
    measures: [
      // Three times what a healthy hop takes under load; Saeol's twenty workers are then free again in time.
      measure('deadlines', { hopMs: 500 }),
      // Twice the reaction, as this day is scaled by 30: a desk that says nothing for a minute has the next one asked.
      measure('password-fallback', { reactionMs: reaction, ackWithinMs: 2000 }),
      measure('manual-intake', { budgetMs: 1000 }),
    ],
    hypothesis: [...serviceLevels(fault), ...mechanisms, ...guards, ...citizenGuards],
  }),
})
