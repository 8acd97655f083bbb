import { formatMs } from '../model/units.ts'
import { oneLine } from './terminal/one-line.ts'
import { type Paint, paint as paintFor } from './terminal/paint.ts'
import { pad, widthOf } from './terminal/width.ts'
import type { HopLine, ToldVisit } from './told-visits.ts'

/**
 * For people: each arm's outcome and steps, then what each service said of the visit, by the clock of the arm. Services say
 * only what went wrong or took long.
 */
export function visitView(visits: readonly ToldVisit[], { colour }: { readonly colour: boolean }): string {
  const paint = paintFor(colour)
  const first = visits[0]!
  const head = `${paint.bold(`${oneLine(first.stream)} #${first.n}`)}  ${paint.dim(`trace ${first.trace}`)}`
  return `${[head, ...visits.flatMap((visit) => ['', ...armLines(visit, paint)])].join('\n')}\n`
}

function armLines(visit: ToldVisit, paint: Paint): string[] {
  const { scenario, arm, attempt, dueMs, tookMs, outcome, ok, steps, hops } = visit
  const name = attempt === 1 ? arm : `${arm}, try ${attempt}`
  const word = ok ? paint.green(oneLine(outcome)) : paint.red(oneLine(outcome))
  const times = Object.entries(steps).map(([step, ms]) => `${oneLine(step)} ${formatMs(ms)}`)
  const startedAt = Math.min(
    ...hops.flatMap(({ at, tookMs: took = 0 }) => (at === undefined ? [] : at - took)),
  )
  return [
    `${oneLine(scenario)}  ${paint.bold(name)}  ${ok ? '✓' : '✗'} ${word} after ${formatMs(tookMs)}, due at +${(dueMs / 1000).toFixed(2)} s`,
    ...(times.length === 0 ? [] : [`  steps    ${times.join(' · ')}`]),
    ...(hops.length === 0
      ? [paint.dim('  no service had anything to say of it')]
      : hopRows(hops, startedAt).map((row) => `  ${row}`)),
  ]
}

/** In columns: when it ended, where, what was asked, how it was answered, and why. */
function hopRows(hops: readonly HopLine[], startedAt: number): string[] {
  const rows = hops.map(({ service, at, asked, status, code, tookMs, said }) => [
    at === undefined ? '' : `+${((at - startedAt) / 1000).toFixed(2)} s`,
    oneLine(service),
    oneLine(asked),
    status ?? (tookMs === undefined ? '' : 'no answer'),
    tookMs === undefined ? '' : formatMs(tookMs),
    oneLine(code === undefined ? said : `${code}: ${said}`),
  ])
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => widthOf(row[column]!))))
  return rows.map((row) =>
    row
      .map((cell, column) => pad(cell, widths[column]!))
      .join('  ')
      .trimEnd(),
  )
}
