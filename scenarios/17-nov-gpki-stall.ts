import {
  arrivals,
  defineScenario,
  everyone,
  invariant,
  latency,
  measure,
  never,
  noEvent,
  stall,
  successRate,
  timeTo,
} from '../harness/index.ts'
import { citizenGuards, citizens, curiousCitizens, portalGuards } from './citizens.ts'
import { certificateAttacks, certificateAttacksDone } from './journeys/attacker-with-certificate.ts'
import {
  attackerAtClosedDoor,
  attackerOnFallback,
  attackerWhoGuesses,
  attackerWithCertificate,
  citizenUsesGov24,
  clerkBackdates,
  finderOfCertificate,
  intruderAtBranch,
  officialIssuesCertificate,
  officialReportsLoss,
  twoWithOneKey,
  visitorAtCounter,
} from './journeys/index.ts'
import { lossesPerS } from './journeys/lost-certificate.ts'
import { dishonestDutyOfficers, openingGuards } from './opening-guards.ts'
import { guardsOfEntries, guardsOfReceipts, open } from './paper-guards.ts'
import { administrativeNetwork } from './system.ts'

/** Sabotages that let an attacker in; each must be seen by the guard against it. */
const waysIn = [
  'accepts-any-password',
  'enrols-at-login',
  'accepts-replayed-code',
  'opens-on-client-header',
  'wrong-code',
  'old-code',
  'any-terminal',
  'disabled-lets-in',
  'ignores-revocation',
]

/** What GPKI and Saeol must look at in a login by certificate; without any of it somebody is let in. */
const certificateLocks = [
  'ignores-signature',
  'ignores-audience',
  'ignores-usage',
  'ignores-policy',
  'ignores-validity',
  'ignores-status',
  'trusts-any-issuer',
  'any-revocation-list',
  'replayed-nonce',
  'unsealed-challenge',
  'old-challenge',
  'ignores-revocation',
]

/** By when the fallback is open and closed, after the fault began and ended. */
const openWithin = '2s'
const closeWithin = '4s'

/** Where GPKI answers all the time. */
const gpkiAnswers = { fault: false }
/** What users must get. */
const serviceLevels = [
  successRate(officialIssuesCertificate, {
    atLeast: 0.95,
    // While it is open, while it closes, and after.
    during: ['fault', 'recovery'],
    after: openWithin,
    source: '† ours: nineteen in twenty officials serve their visitor once two officers had their time',
    // Fallback invariant 10: a password login that needs GPKI too shares its fault.
    sabotages: ['asks-gpki-too'],
  }),
  latency(officialIssuesCertificate, {
    step: 'login',
    quantile: 0.95,
    below: '800ms',
    during: 'fault',
    after: openWithin,
    source: '† ours: invariant 10, the fallback has a service level of its own',
  }),
  everyone(visitorAtCounter, {
    atLeast: 50,
    source: 'S0 S4: intake by hand, so that nobody leaves with nothing',
  }),
  successRate(citizenUsesGov24, {
    atLeast: 0.7,
    during: 'fault',
    source:
      'T4, F7: Saeol’s workers wait for GPKI, and what Government24 hands in waits for them; the share † ours, for so few',
  }),
]

/** What the measures do. */
const mechanisms = [
  timeTo('fallback.opened', {
    of: 'injected',
    within: openWithin,
    measure: 'password-fallback',
    source:
      '† ours: two duty officers within two scaled minutes of the fault (S0 names the measure, no time)',
  }),
  timeTo('fallback.closed', {
    of: 'reverted',
    within: closeWithin,
    measure: 'password-fallback',
    source: '† ours: invariant 7, 60 s after verified recovery, scaled, and the hold-down that verifies it',
  }),
  invariant('every receipt was entered', {
    measure: 'manual-intake',
    atLeast: 6,
    source: 'S0 S1: entered retroactively; ledger invariant 1',
    sabotages: ['rejects-receipts'],
  }),
  noEvent('fallback.opened', {
    measure: 'password-fallback',
    source: 'fallback invariant 7: open only while a verified outage lasts',
  }),
]

/** Nobody is let in who must not be, nobody is kept out who must not be, and all of it is on the audit. */
const guardsOfLogin = [
  never(attackerOnFallback, {
    minimumWhere: open,
    outcome: 'let-in',
    atLeast: 40,
    source: 'fallback invariants 1–5',
    sabotages: waysIn,
  }),
  never(attackerWhoGuesses, {
    minimumWhere: open,
    outcome: ['not-slowed', 'let-in'],
    atLeast: 16,
    title: 'whoever guesses at one account is slowed down, wherever he says he is',
    source: 'fallback invariant 4',
    sabotages: ['no-throttle', 'trusts-client-address'],
  }),
  never(intruderAtBranch, {
    minimumWhere: open,
    outcome: 'not-slowed',
    atLeast: { slowed: 1 },
    title: 'whoever guesses at officials’ own terminals from one address is slowed down',
    source: 'fallback invariant 4',
    sabotages: ['blames-nobody'],
  }),
  never(attackerOnFallback, {
    minimumWhere: open,
    outcome: 'told-terminal',
    atLeast: 40,
    title: 'the throttle does not tell which terminal is right',
    source: 'fallback invariant 3',
    sabotages: ['throttle-tells-terminal'],
  }),
  never(attackerOnFallback, {
    minimumWhere: open,
    outcome: 'escalated',
    atLeast: 40,
    title: 'a session of the password login does not do what needs a certificate',
    source: 'fallback invariant 6',
    sabotages: ['low-assurance-may-do-all'],
  }),
  never(attackerAtClosedDoor, {
    minimumWhere: open,
    outcome: 'let-in',
    atLeast: { refused: 8, open: 4 },
    title: 'what is closed is closed, to whoever has everything else right too',
    source: 'fallback invariant 1',
    sabotages: ['close-in-name-only'],
  }),
  invariant('no session outlives the opening it came by', {
    minimumWhere: open,
    atLeast: 20,
    source: 'fallback invariant 7: what remains logs in anew',
    sabotages: ['sessions-outlive-close'],
  }),
  never(attackerWithCertificate, {
    id: 'never:attacker-with-certificate',
    title:
      'nobody is let in with a certificate that must open nothing, and each is refused for what is wrong',
    minimumWhere: gpkiAnswers,
    outcome: certificateAttacksDone,
    atLeast: Object.fromEntries(certificateAttacks.map((name) => [`refused-${name}`, 3])),
    source: 'F5: fails closed; RFC 5280, 6: signature, usage, policy, dates, revocation',
    sabotages: certificateLocks,
  }),
  never(finderOfCertificate, {
    title: 'nobody is let in with a certificate that was reported lost seven seconds ago',
    minimumWhere: gpkiAnswers,
    outcome: 'let-in',
    atLeast: { refused: 6 },
    source: 'F5: one that is revoked during the run is refused within the list’s period †',
    sabotages: ['stale-revocation-list'],
  }),
  never(officialIssuesCertificate, {
    outcome: ['login-throttled', 'login-locked'],
    atLeast: 100,
    source: 'fallback invariant 4',
    title: 'no official is locked out by attacks on the fallback',
    sabotages: ['locks-accounts-globally'],
  }),
  invariant('the audit chain is whole', {
    minimumWhere: open,
    atLeast: 50,
    source: 'fallback invariant 8',
    sabotages: ['audit-drops-record', 'truncates-audit'],
  }),
  invariant('passwords are kept salted, and nowhere else', {
    atLeast: 600,
    source: 'fallback invariant 9',
    sabotages: ['one-salt', 'cheap-hash', 'audits-passwords'],
  }),
  invariant('refusals do not fill the audit', {
    minimumWhere: open,
    atLeast: 10,
    source: 'fallback invariant 8: who fills the spool with attempts keeps everybody out',
    sabotages: ['audits-before-throttle'],
  }),
]

/**
 * 17 November 2023, 08:40: officials cannot log in to Saeol, because GPKI accepts their connections and never answers
 * (T2, F4). What S0 promised for such a day, login by ID and password and intake by hand, is what is put to the test;
 * there is no evidence that it was ever switched on. Time is scaled: a minute of that morning is a second here.
 */
export const gpkiStall = defineScenario({
  name: '17-nov-gpki-stall',
  title: '17 Nov 08:40 — GPKI accepts connections and never answers',
  facts: ['T1', 'T2', 'F4', 'S0', 'S1'],
  system: administrativeNetwork,
  knobs: {
    officials: { type: 'rate', default: '14/s', describe: 'officials who log in and issue a certificate' },
    // As many as it takes for every guard of receipts to have some to look at: few come before the fallback opens.
    visitors: { type: 'rate', default: '14/s', describe: 'visitors at the counters' },
    // Fourteen attacks in turn, each at least twice while the door is open.
    attackers: { type: 'rate', default: '4.8/s', describe: 'attempts on the fallback' },
    guessers: { type: 'rate', default: '2/s', describe: 'who guess at the fallback, many times each' },
    // Half a scaled minute: long enough for counters to feel it.
    reaction: { type: 'duration', default: '500ms', describe: 'how long each of two officers takes to open' },
    fault: { type: 'duration', default: '8s', describe: 'how long GPKI is silent' },
    recovery: { type: 'duration', default: '4500ms', describe: 'how long the recovery is watched' },
  },
  build: ({ officials, visitors, attackers, guessers, reaction, fault, recovery }) => ({
    load: [
      arrivals(officialIssuesCertificate, officials),
      arrivals(visitorAtCounter, visitors),
      arrivals(twoWithOneKey, '1/s', { process: 'regular' }),
      arrivals(attackerOnFallback, attackers),
      arrivals(attackerWhoGuesses, guessers),
      arrivals(intruderAtBranch, '0.5/s', { process: 'regular' }),
      arrivals(attackerAtClosedDoor, '2/s', { process: 'regular' }),
      arrivals(clerkBackdates, '2/s', { process: 'regular' }),
      citizens,
      curiousCitizens,
      dishonestDutyOfficers,
      // As many before the fault as there are attacks: until then GPKI answers in every arm.
      arrivals(attackerWithCertificate, '5/s', { process: 'regular' }),
      arrivals(officialReportsLoss, `${lossesPerS}/s`, { process: 'regular' }),
      arrivals(finderOfCertificate, `${lossesPerS}/s`, { process: 'regular' }),
    ],
    acts: { baseline: '3s', fault, recovery },
    faults: [stall('l4→gpki-a'), stall('l4→gpki-b')],
    measures: [
      measure('password-fallback', { reactionMs: reaction }),
      measure('manual-intake', { budgetMs: 1000 }),
    ],
    hypothesis: [
      ...serviceLevels,
      ...mechanisms,
      ...guardsOfLogin,
      ...openingGuards,
      ...guardsOfReceipts,
      ...guardsOfEntries,
      ...citizenGuards,
      ...portalGuards,
    ],
  }),
})
