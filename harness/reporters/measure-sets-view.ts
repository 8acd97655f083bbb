import type { Report } from '../experiment/report.ts'
import type { MeasureSet, MeasureSets, OverSeeds } from '../model/measure-sets.ts'
import { formatMs } from '../model/units.ts'
import { count } from '../model/words.ts'
import { lengthOf, placesOf } from './figures.ts'
import type { Paint } from './terminal/paint.ts'
import { pad, widthOf } from './terminal/width.ts'

/** One line as each arm ends, for a person who waits. @param all arms of all seeds */
export function setsProgress(all: number, print: (line: string) => void) {
  const placeOf = placesOf(all)
  return (seed: string): Pick<Report, 'armEnded'> => ({
    armEnded({ arm, verdict, tookMs, retries }) {
      print(`${placeOf(retries)}  seed ${seed}, ${arm}: ${verdict} (${lengthOf(tookMs)})`)
    },
  })
}

/** The sets in a table, what each measure adds, and which set to choose. */
export function measureSetsView(result: MeasureSets, file: string, paint: Paint): string {
  const { scenario, sets, seeds, design, mainEffects, interactions, said, exitCode } = result
  const mark = exitCode === 0 ? paint.green('✓') : exitCode === 1 ? paint.red('✗') : paint.yellow('?')
  const several = seeds.length > 1
  return `${[
    `${scenario}  ${count(sets.length, 'set')} of measures, ${count(seeds.length, 'seed')} (${seeds.join(', ')}), design ${design}`,
    '',
    ...table(result, paint),
    '',
    ...section(
      'what each measure adds, visits a run, averaged over the sets of the others',
      mainEffects.map(({ measure, visits }) => `${measure}  ${inWords(visits)}`),
    ),
    ...section(
      'what two do together beyond what each does by itself, visits a run',
      interactions.map(({ measures, visits }) => `${measures.join(' × ')}  ${inWords(visits)}`),
    ),
    ...section('not counted', sets.flatMap(voidLines)),
    ...(several ? [] : [paint.dim('one seed does not tell how seeds scatter: --seeds 3')]),
    `${mark} ${said}  ${paint.dim(`exit ${exitCode}`)}`,
    `all of it: ${file}`,
  ].join('\n')}\n`
}

function table({ sets, seeds }: MeasureSets, paint: Paint): string[] {
  const head = ['measures', 'holds in', 'served a run', 'saved', 'lost', 'p95', '']
  const rows = sets.map((set) => [
    nameOf(set.measures),
    `${set.heldIn.length} of ${seeds.length}`,
    set.served === null ? '–' : `${inWords(set.served)} of ${rounded(set.visits)}`,
    rounded(set.saved),
    rounded(set.lost),
    set.p95Ms === null ? '–' : inWords(set.p95Ms, formatMs),
    placeOf(set),
  ])
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => widthOf(row[i]!))))
  const line = (row: readonly string[]) =>
    `  ${row.map((cell, i) => pad(cell, widths[i]!)).join('  ')}`.trimEnd()
  return [
    paint.dim(line(head)),
    ...rows.map((row, i) => (sets[i]!.dominatedBy === null ? line(row) : paint.dim(line(row)))),
  ]
}

function placeOf({ dominatedBy, served }: MeasureSet): string {
  if (served === null) return 'void'
  return dominatedBy === null ? 'on the front' : `dominated by ${nameOf(dominatedBy)}`
}

function nameOf(measures: readonly string[]): string {
  return measures.join(' + ') || '(none)'
}

function voidLines({ measures, voids }: MeasureSet): string[] {
  return Object.entries(voids).map(([seed, why]) => `${nameOf(measures)}, seed ${seed}: ${why}`)
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`), '']
}

/** `98 [95 … 101]`. */
function inWords({ mean, interval }: OverSeeds, figure: (value: number) => string = rounded): string {
  if (interval === null) return figure(mean)
  // A time below nothing is an interval that knows no better.
  const [low, high] = interval
  const ends = figure === rounded ? [low, high] : [Math.max(0, low), high]
  return `${figure(mean)} [${ends.map(figure).join(' … ')}]`
}

function rounded(value: number): string {
  return String(Math.round(value))
}
