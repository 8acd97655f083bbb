import { accounted, invariant, never } from '../harness/index.ts'
import { favours, favoursDone } from './journeys/clerk-backdates.ts'
import { anothersDocument } from './journeys/documents.ts'
import {
  clerkBackdates,
  officialIssuesCertificate,
  twoWithOneKey,
  visitorAtCounter,
} from './journeys/index.ts'

/** Where receipts come about: their guards owe their minimum there. */
const receipts = { fault: true, measure: 'manual-intake' }

/** Where the fallback's door is open. */
export const open = { fault: true, measure: 'password-fallback' }

/** What visitors leave with: nothing is lost, and it is theirs. */
export const guardsOfReceipts = [
  accounted(visitorAtCounter, {
    minimumWhere: receipts,
    outcome: 'receipt',
    by: 'receipts kept',
    source: 'ledger invariant 1: nothing lost',
    sabotages: ['loses-receipts'],
  }),
  accounted([officialIssuesCertificate, visitorAtCounter], {
    outcome: ['issued', 'certificate'],
    by: 'certificates issued once',
    atLeast: 100,
    source: 'S0: what was handed over was issued',
    sabotages: ['forgets-certificates'],
  }),
  invariant('receipts kept', {
    minimumWhere: receipts,
    atLeast: 6,
    source: 'ledger invariant 1: an office’s numbers have no gap',
    title: 'no receipt number is missing in the book',
    sabotages: ['loses-receipts'],
  }),
  never([officialIssuesCertificate, visitorAtCounter], {
    outcome: anothersDocument,
    atLeast: 100,
    source: 'F15: requester and subject are the same on each document',
    title: 'nobody is given a document about somebody else',
    sabotages: ['swapped-document', 'reused-key'],
  }),
  never(twoWithOneKey, {
    outcome: anothersDocument,
    atLeast: 12,
    source: 'F15: a key stands for one visitor',
    sabotages: ['shares-visits'],
  }),
  // What the measure must not do. No guard: a host without time sends people home, and that is no defect of the network.
  invariant('nobody is sent home on a good day', {
    measure: 'manual-intake',
    atLeast: 20,
    source: 'S0: intake by hand is for the outage; the share † ours',
    sabotages: ['sends-home'],
  }),
  invariant('each visit has one document', {
    minimumWhere: receipts,
    atLeast: 6,
    source: 'S0 S1: what was entered becomes a document, and no second one',
    sabotages: ['receipt-and-certificate'],
  }),
]

/** What clerks enter later: as it was written, once, in its order, and not otherwise. */
export const guardsOfEntries = [
  never(clerkBackdates, {
    id: 'never:clerk-backdates',
    minimumWhere: open,
    outcome: favoursDone,
    atLeast: Object.fromEntries(favours.map((name) => [`refused-${name}`, 1])),
    source: 'ledger invariants 2, 4 and 5: nothing is backdated that was not written, verified and lawful',
    sabotages: ['backdates-anywhere', 'early-window', 'accepts-future', 'any-number', 'verifier-not-checked'],
  }),
  accounted(clerkBackdates, {
    title: 'whoever is refused an entry is on the audit',
    minimumWhere: open,
    outcome: favours.map((name) => `refused-${name}`),
    by: 'refused entries on record',
    atLeast: 6,
    source: 'fallback invariant 8; ledger invariant 2',
    sabotages: ['unaudited-refusals'],
  }),
  invariant('an outage is declared for the time it lasted', {
    minimumWhere: open,
    source: 'ledger invariant 5',
    sabotages: ['early-window', 'late-window', 'outage-over-early'],
  }),
  invariant('entries say what receipts say', {
    minimumWhere: receipts,
    atLeast: 6,
    source: 'ledger invariant 2: receivedOn is immutable, and so is the rest',
    sabotages: ['overwrites-received-on', 'entry-differs'],
  }),
  invariant('each receipt was entered once', {
    minimumWhere: receipts,
    atLeast: 6,
    source: 'ledger invariant 3: exactly once, although two clerks enter each receipt',
    sabotages: ['enters-twice'],
  }),
  invariant('everything done is on the audit', {
    minimumWhere: open,
    atLeast: 20,
    source: 'fallback invariant 8; ledger invariant 2: clerk and verifier recorded',
    sabotages: ['unaudited-entries', 'incomplete-audit', 'unaudited-use'],
  }),
  invariant('fixed-date cases keep their order', {
    minimumWhere: receipts,
    // Each stands among a hundred and more online ones.
    atLeast: 2,
    source: 'ledger invariant 4: priority follows the receipt',
    sabotages: ['orders-by-entry'],
  }),
  invariant('papers that contradict the ledger are refused', {
    minimumWhere: receipts,
    atLeast: 3,
    source: 'ledger invariants 3, 4 and 5, of papers that a counter signed',
    sabotages: ['outage-never-ends', 'same-number-again', 'jumps-the-queue'],
  }),
  invariant('no backdating outside a declared outage', {
    minimumWhere: receipts,
    atLeast: 6,
    source: 'ledger invariant 5',
    sabotages: ['backdates-anywhere'],
  }),
]
