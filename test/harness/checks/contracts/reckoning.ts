import { breaches, events, records, taken, visits } from '../../../../harness/checks/accounts.ts'
import { apart, balances, nothing, reckoning, within } from '../../../../harness/checks/reckoning.ts'
import { counter } from '../arm-story.ts'
import { type Contract, named, receipts, source, well } from './contract.ts'

const rejected = 'receipts rejected'

const account = reckoning({
  source,
  lines: [
    balances(
      'visitors = certificates + receipts',
      [visits(counter)],
      [visits(counter, 'served'), visits(counter, 'receipt')],
    ),
    balances('receipts = those in the book', [taken(counter, 'receipt')], [records(receipts)]),
    apart('entered and rejected', records(receipts), records(rejected)),
    nothing('receipts that break a rule', breaches(receipts)),
  ],
})

/** Forty visitors leave with a receipt, and the book has these. */
const written = (ids: readonly string[], violations: readonly string[] = []) => ({
  visits: [well(0, 2000, { outcome: 'receipt', took: 'jongno' }), well(2000, 4000, { outcome: 'served' })],
  invariants: [
    {
      name: receipts,
      checked: ids.length,
      ids: [...ids],
      violations: violations.length,
      examples: [...violations],
    },
    { name: rejected, checked: 1, ids: ['jongno/rejected'] },
  ],
})

export const reckoningContract: Contract = {
  appliesEverywhere: true,
  rows: [
    {
      is: 'holds where every line closes',
      spec: account,
      arm: written(named('jongno', 40)),
      verdict: 'holds',
      role: 'protected',
      said: /^4 lines close: visitors = certificates \+ receipts \(80\); receipts = those in the book \(40\); entered and rejected \(40\); receipts that break a rule \(0\)$/,
      evidence: { n: 160, estimate: 0 },
    },
    {
      is: 'deviates for a visitor that no outcome of the line stands for, and names the visit',
      spec: account,
      arm: {
        ...written(named('jongno', 40)),
        visits: [...written([]).visits, well(4000, 4050, { outcome: 'timed-out', ok: false })],
      },
      verdict: 'deviates',
      said: /^1 of 4 lines does not close: visitors = certificates \+ receipts \(81 against 80, 1 open\)$/,
      evidence: { estimate: 1 },
      lookAt: ['visitors = certificates + receipts: visitor-at-counter #80: timed-out'],
    },
    {
      is: 'compares by name, so that one too many does not hide one that is missing',
      spec: account,
      arm: written([...named('jongno', 40).slice(1), 'jongno/nobody']),
      verdict: 'deviates',
      said: /receipts = those in the book \(40 against 40, 2 open\)/,
      evidence: { estimate: 2 },
      lookAt: ['receipts = those in the book: jongno/0', 'receipts = those in the book: jongno/nobody'],
    },
    {
      is: 'deviates for what is on both sides that must be apart, and for what must not be',
      spec: account,
      arm: written([...named('jongno', 39), 'jongno/rejected'], ['jongno/3 is dated tomorrow']),
      verdict: 'deviates',
      said: /^3 of 4 lines do not close: .*entered and rejected \(40 against 1, 1 open\); receipts that break a rule \(1, 1 open\)$/,
    },
    {
      is: 'compares numbers where a ledger tells no names',
      spec: reckoning({
        source,
        lines: [balances('receipts', [taken(counter, 'receipt')], [records(receipts)])],
      }),
      arm: { ...written([]), invariants: [{ name: receipts, checked: 38 }] },
      verdict: 'deviates',
      said: /^1 of 1 line does not close: receipts \(40 against 38, 2 open\)$/,
      evidence: { estimate: 2 },
    },
    {
      is: 'takes a ledger that knows of more for no loss where the line says so, and one that knows of less for one',
      spec: reckoning({
        source,
        lines: [
          within('taken home', taken(counter, 'receipt'), records(receipts)),
          within('in the book', records(receipts), taken(counter, 'receipt')),
        ],
      }),
      arm: written(named('jongno', 41)),
      verdict: 'deviates',
      said: /^1 of 2 lines does not close: in the book \(41 against 40, 1 open\)$/,
      lookAt: ['in the book: jongno/40'],
    },
    {
      is: 'deviates for an event that came before what it must wait for, and not for one that came after',
      spec: reckoning({
        source,
        lines: [nothing('declared too early', events('normal.declared', { before: 'segments.passed' }))],
      }),
      arm: {
        system: [
          { event: 'normal.declared', ms: 3000 },
          { event: 'segments.passed', ms: 4000 },
          { event: 'normal.declared', ms: 5000 },
        ],
      },
      verdict: 'deviates',
      said: /^1 of 1 line does not close: declared too early \(1, 1 open\)$/,
      lookAt: ['declared too early: normal.declared at +3.0 s'],
    },
    {
      is: 'is open where a ledger was not read',
      spec: account,
      arm: { visits: [well(0, 2000)] },
      verdict: 'inconclusive',
      said: /^3 of 4 lines could not be read/,
      evidence: { n: 0, estimate: null },
    },
    {
      is: 'is open where there was too little to count',
      spec: reckoning({
        source,
        atLeast: 5,
        lines: [nothing('intruders', visits(counter, 'let-in'))],
      }),
      arm: { visits: [] },
      verdict: 'inconclusive',
      said: /at least 5 items are needed to say so/,
    },
  ],
  refused: [
    [/lines must hold at least one line/, reckoning({ source, lines: [] })],
    [/lines.0.left must hold at least one account/, reckoning({ source, lines: [nothing('nobody')] })],
    [/lines.0 needs a right side/, reckoning({ source, lines: [balances('half', [records(receipts)], [])] })],
  ],
}
