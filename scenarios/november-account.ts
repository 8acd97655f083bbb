/** The account of November: what must close when the story is over, from journeys and ledgers together. */
import {
  apart,
  balances,
  breaches,
  events,
  nothing,
  reckoning,
  records,
  taken,
  visits,
  within,
} from '../harness/index.ts'
import { attackerOnFallback, bidderAtDeadline, bidderHandsIn, visitorAtCounter } from './journeys/index.ts'

export const account = reckoning({
  id: 'reckoning:november',
  title: 'the books of November close',
  source: 'ledger invariants 1–5 and 7, fallback invariants 7 and 8, F3; the lines † ours',
  atLeast: 200,
  lines: [
    balances(
      'visitors = certificates + receipts',
      [visits(visitorAtCounter)],
      [visits(visitorAtCounter, ['certificate', 'receipt'])],
    ),
    balances(
      'receipts = entered + rejected for the visitor’s own fault',
      [records('receipts kept')],
      [records('receipts entered'), records('receipts rejected for the visitor’s own fault')],
    ),
    apart(
      'no visitor has a certificate and an entry',
      taken(visitorAtCounter, 'certificate'),
      records('certificates made from receipts'),
    ),
    nothing('dates moved', breaches('entries say what receipts say')),
    nothing('intruders', visits(attackerOnFallback, ['let-in', 'escalated'])),
    nothing(
      'sessions of the password login alive after its close',
      breaches('no session outlives the opening it came by'),
    ),
    nothing(
      'gaps in the audit',
      breaches('the audit chain is whole'),
      breaches('everything done is on the audit'),
    ),
    nothing('certificates issued twice', breaches('certificates issued once')),
    within(
      'bids handed in are kept',
      taken([bidderHandsIn, bidderAtDeadline], 'handed-in'),
      records('bids kept'),
    ),
    nothing(
      'tenders due in the outage that were not moved once',
      breaches('each tender due in the outage was moved once'),
    ),
    nothing(
      'declared normal before each way was tested',
      events('normal.declared', { before: 'segments.passed' }),
    ),
  ],
})
