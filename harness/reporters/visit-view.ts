import { formatMs } from '../model/units.ts'
import { oneLine } from './terminal/one-line.ts'
import { type Paint, paint as paintFor } from './terminal/paint.ts'
import { inColumns } from './terminal/width.ts'
import { endedAfter, stepsInWords, type ToldVisit } from './told-visits.ts'

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
  const { scenario, arm, attempt, dueMs, tookMs, outcome, ok, hops } = visit
  const name = attempt === 1 ? arm : `${arm}, try ${attempt}`
  const word = ok ? paint.green(oneLine(outcome)) : paint.red(oneLine(outcome))
  const steps = stepsInWords(visit).map(oneLine)
  return [
    `${oneLine(scenario)}  ${paint.bold(name)}  ${ok ? '✓' : '✗'} ${word} after ${formatMs(tookMs)}, due at +${(dueMs / 1000).toFixed(2)} s`,
    ...(steps.length === 0 ? [] : [`  steps    ${steps.join(' · ')}`]),
    ...(hops.length === 0
      ? [paint.dim('  no service had anything to say of it')]
      : hopRows(visit).map((row) => `  ${row}`)),
  ]
}

/** In columns: when it ended, where, what was asked, how it was answered, and why. */
function hopRows(visit: ToldVisit): string[] {
  const when = endedAfter(visit)
  return inColumns(
    visit.hops.map((hop) => {
      const { service, asked, status, code, tookMs, said } = hop
      return [
        when(hop) ?? '',
        oneLine(service),
        oneLine(asked),
        status ?? (tookMs === undefined ? '' : 'no answer'),
        tookMs === undefined ? '' : formatMs(tookMs),
        oneLine(code === undefined ? said : `${code}: ${said}`),
      ]
    }),
  )
}
