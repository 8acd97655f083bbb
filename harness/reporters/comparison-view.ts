import type { Compared, Comparison } from '../model/comparison.ts'
import { count } from '../model/words.ts'
import { oneLine } from './terminal/one-line.ts'
import type { Paint } from './terminal/paint.ts'

const marks = { better: '✓', worse: '✗', undecided: '?', 'only before': '–', 'only after': '+' } as const

/**
 * What is worse first, then what is better, then what only one run has; how many could not be told apart.
 * @param all true: those as well, a line each
 */
export function comparisonView(comparison: Comparison, paint: Paint, all: boolean): string {
  const { before, after, rows, notes, exitCode } = comparison
  const of = (change: Compared['change']): readonly Compared[] => rows.filter((row) => row.change === change)
  const undecided = of('undecided')
  const shown = [
    ...of('worse'),
    ...of('better'),
    ...of('only before'),
    ...of('only after'),
    ...(all ? undecided : []),
  ]
  const rest = all || undecided.length === 0 ? '' : `; ${undecided.length} not told apart (--verbose)`
  const [worse, better] = [of('worse').length, of('better').length]
  const verdict = exitCode === 0 ? paint.green('✓ nothing is worse') : paint.red(`✗ ${worse} worse`)
  return `${[
    `before ${oneLine(before)}, after ${oneLine(after)}`,
    ...notes.map((note) => paint.yellow(`note: ${oneLine(note)}`)),
    ...shown.flatMap((row) => rowLines(row, paint)),
    `${verdict}, ${better} better, of ${count(rows.length, 'figure')}${rest}  ${paint.dim(`exit ${exitCode}`)}`,
  ].join('\n')}\n`
}

function rowLines({ scenario, arm, what, change, before, after }: Compared, paint: Paint): string[] {
  const colour = change === 'worse' ? paint.red : change === 'better' ? paint.green : paint.dim
  const where = arm === null ? scenario : `${scenario}, ${arm}`
  return [
    `${colour(`${marks[change]} ${change}`)}  ${oneLine(where)}: ${oneLine(what)}`,
    paint.dim(`    before ${oneLine(before)}`),
    paint.dim(`    after  ${oneLine(after)}`),
  ]
}
