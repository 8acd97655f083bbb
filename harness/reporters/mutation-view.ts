import type { Report } from '../experiment/report.ts'
import type { MutantResult, MutationResult } from '../model/mutation.ts'
import { lengthOf, placesOf } from './figures.ts'
import type { Paint } from './terminal/paint.ts'
import { pad, widthOf } from './terminal/width.ts'

/** One line as each arm ends, for a person who waits. */
export function mutationProgress(
  mutants: readonly {
    readonly mutant: {
      readonly name: string
      readonly scenario: string
      readonly plan: { readonly scenario: string }
      readonly arms: readonly string[]
    }
  }[],
  print: (line: string) => void,
): Pick<Report, 'armEnded'> {
  const all = mutants.reduce((sum, { mutant }) => sum + mutant.arms.length, 0)
  const placeOf = placesOf(all)
  return {
    armEnded({ arm, verdict, tookMs, retries }, { scenario }) {
      const found = mutants.find(({ mutant }) => mutant.plan.scenario === scenario)?.mutant
      print(
        `${placeOf(retries)}  ${found?.scenario ?? scenario}, ${found?.name ?? ''}: ${arm} ${verdict} (${lengthOf(tookMs)})`,
      )
    },
  }
}

/** The matrix mutant × check, by scenario, the score, and what was not noticed. */
export function mutationView(result: MutationResult, file: string, paint: Paint): string {
  const scenarios = [...new Set(result.mutants.map(({ scenario }) => scenario))]
  const { noticed, of } = result.score
  const lines = [
    ...scenarios.flatMap((scenario) => matrix(result, scenario, paint)),
    `${noticed === of ? paint.green('✓') : paint.red('✗')} ${noticed} of ${of} noticed, in ${lengthOf(result.tookMs)}, seed ${result.seed}`,
    ...told(
      'unnoticed',
      result.mutants.filter(({ verdict }) => verdict === 'unnoticed').map(nameOf),
      paint.red,
    ),
    ...told(
      'undecided',
      result.mutants.filter(({ verdict }) => verdict === 'undecided').map((m) => `${nameOf(m)} (${m.said})`),
      paint.yellow,
    ),
    ...told('guards that noticed nothing', result.blindGuards, paint.red),
    ...told('measures that nothing misses', result.idleMeasures, paint.red),
    ...repeated(result, paint),
    ...packedNote(result),
    `all of it: ${file}`,
  ]
  return `${lines.join('\n')}\n`
}

function nameOf({ scenario, mutant, kind }: MutantResult): string {
  return `${scenario}: ${kind === 'measure' ? `without ${mutant}` : mutant}`
}

function told(what: string, names: readonly string[], colour: (text: string) => string): string[] {
  return names.length === 0 ? [] : [colour(`${what}:`), ...names.map((name) => `  ${name}`)]
}

/** What was run once more: each reason once, with all that it was a reason for. */
function repeated({ mutants }: MutationResult, paint: Paint): string[] {
  const byReason = Map.groupBy(
    mutants.filter(({ again }) => again !== undefined),
    ({ again }) => again!,
  )
  return [...byReason].flatMap(([why, those]) =>
    told('run once more, by itself', [...those.map(nameOf), `because ${why}`], paint.yellow),
  )
}

function packedNote({ mutants }: MutationResult): string[] {
  const packed = mutants.filter(({ beside }) => beside.length > 0).length
  return packed === 0
    ? []
    : [
        `${packed} of them shared an arm with others that other guards had to notice (--no-pack runs each by itself)`,
      ]
}

/** Rows are mutants, columns the checks that noticed at least one of them or are named by one; below, what each is. */
function matrix(result: MutationResult, scenario: string, paint: Paint): string[] {
  const mutants = result.mutants.filter((one) => one.scenario === scenario)
  const ids = new Set(mutants.flatMap(({ noticedBy, named }) => [...noticedBy, ...named]))
  const checks = result.checks.filter((check) => check.scenario === scenario && ids.has(check.id))
  const wide = Math.max(...mutants.map((one) => widthOf(label(one))))
  const head = `  ${pad('', wide)}  ${checks.map((_, i) => pad(String(i + 1), 3)).join('')}`
  const rows = mutants.map((one) => {
    const cells = checks.map(({ id }) => {
      const noticed = one.noticedBy.includes(id)
      if (noticed) return paint.green('●  ')
      return one.named.includes(id) ? paint.red('○  ') : paint.dim('·  ')
    })
    const verdict = one.verdict === 'noticed' ? '' : `  ${one.verdict}`
    return `  ${pad(label(one), wide)}  ${cells.join('')}${verdict}`
  })
  const legend = checks.map(({ id, role }, i) => `  ${pad(String(i + 1), 3)}${id} (${role})`)
  return [paint.bold(scenario), head, ...rows, ...legend, '  ● noticed it · ○ should have', '']
}

function label({ mutant, kind }: MutantResult): string {
  return kind === 'measure' ? `without ${mutant}` : mutant
}
