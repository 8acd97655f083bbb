import { percent } from '../checks/figures.ts'
import { type Sizing, sizingsOf } from '../checks/sizing.ts'
import { armMs, type PlannedAct } from '../model/acts.ts'
import { gateArms, setupOf } from '../model/arms.ts'
import type { CheckSpec } from '../model/check.ts'
import { hasFault, type Plan } from '../model/plan.ts'
import type { Knob } from '../model/scenario.ts'
import { formatMs } from '../model/units.ts'
import { inWords } from './parameters.ts'
import { actionRows, faultRows, loadRows, type Row } from './plan-rows.ts'
import { oneLine } from './terminal/one-line.ts'
import { type Paint, paint as paintFor } from './terminal/paint.ts'
import { hang, pad, widthOf } from './terminal/width.ts'

const narrowest = 60
const widest = 140

/**
 * What a plan would do, on a time axis, for people: one arm's acts, load and faults, then arms, measures and checks.
 * @param options.knobs as the scenario declares them, so that their values are printed as they would be typed
 */
export function planView(
  plan: Plan,
  options: { columns: number; colour: boolean; knobs?: Readonly<Record<string, Knob>> },
): string {
  const columns = Math.min(widest, Math.max(narrowest, options.columns))
  const paint = paintFor(options.colour)
  const lines = [
    ...heading(plan, options.knobs ?? {}, paint),
    '',
    ...timeline(plan, columns, paint),
    '',
    ...armTable(plan, paint),
    ...section('measures', measureRows(plan), columns, paint),
    ...checkRows(
      plan,
      'protected',
      'protected: must hold in control and treated, and deviate in untreated',
      columns,
      paint,
    ),
    ...checkRows(plan, 'mechanism', 'mechanisms: must hold where their measure is on', columns, paint),
    ...checkRows(plan, 'guard', 'guards: must hold in every arm', columns, paint),
  ]
  return `${lines.flatMap((line) => hang(line.trimEnd(), columns)).join('\n')}\n`
}

function heading(plan: Plan, declared: Readonly<Record<string, Knob>>, paint: Paint): string[] {
  const lengthMs = armMs(plan.acts)
  const knobs = Object.entries(plan.knobs).map(
    ([name, value]) => `${name}=${typed(value, declared[name]?.type ?? 'number')}`,
  )
  const conditions = [
    plan.system,
    ...(plan.facts.length > 0 ? [`facts ${plan.facts.join(' ')}`] : []),
    `${gateArms.length} arms × ${formatMs(lengthMs)} = ${formatMs(lengthMs * gateArms.length)}, plus start-up`,
  ]
  return [
    `${paint.bold(oneLine(plan.scenario))}  ${oneLine(plan.title)}`,
    paint.dim(conditions.map(oneLine).join(' · ')),
    ...(knobs.length > 0 ? [paint.dim(knobs.map((knob) => `--set ${oneLine(knob)}`).join(' '))] : []),
  ]
}

/** A knob's value as `--set` takes it. */
function typed(value: number, type: Knob['type']): string {
  if (type === 'rate') return `${value}/s`
  if (type === 'number') return String(value)
  return value % 1000 === 0 ? `${value / 1000}s` : `${value}ms`
}

/** One arm on its time axis: acts, then a row for each journey's load and each fault. */
function timeline(plan: Plan, columns: number, paint: Paint): string[] {
  const lengthMs = armMs(plan.acts)
  const load = loadRows(plan, paint)
  const faults = plan.faultsOn ? faultRows(plan, paint) : []
  const actions = plan.faultsOn ? actionRows(plan, paint) : []
  const rows = [...load, ...faults, ...actions]
  const labelWidth = Math.min(
    Math.floor(columns * 0.42),
    Math.max(8, ...rows.map(({ label }) => widthOf(label))),
  )
  const figuresWidth = Math.min(
    Math.floor(columns * 0.24),
    Math.max(4, ...rows.map((row) => widthOf(row.figures))),
  )
  const cells = columns - 2 - labelWidth - 2 - 2 - figuresWidth
  const left = ' '.repeat(2 + labelWidth + 2)

  const bounds = boundsOf(plan, cells)
  const grid = new Set(bounds.slice(1, -1).map(({ cell }) => cell))
  const drawn = (row: Row): string => {
    const axis = Array.from({ length: cells }, (_, cell) => {
      const mark = row.mark((cell / cells) * lengthMs, lengthMs / cells)
      return mark === null ? paint.dim(grid.has(cell) ? '┊' : ' ') : row.colour(mark)
    })
    return `  ${pad(row.label, labelWidth)}  ${axis.join('')}  ${paint.dim(pad(row.figures, figuresWidth))}`
  }
  return [
    left + paint.dim(ruler(bounds, cells)),
    left + actRow(plan, bounds, cells, paint),
    paint.bold('load'),
    ...load.map(drawn),
    paint.bold('faults'),
    ...(faults.length > 0
      ? faults.map(drawn)
      : [
          paint.dim(
            plan.faultsOn
              ? '  none'
              : '  none are injected: what is protected cannot deviate, so the verdict must be vacuous',
          ),
        ]),
    ...(actions.length > 0 ? [paint.bold('actions'), ...actions.map(drawn)] : []),
  ]
}

interface Bound {
  /** Null: the end of the last act. */
  readonly act: PlannedAct | null
  readonly atMs: number
  readonly cell: number
}

/** Where each act begins on the axis, and where the last one ends. */
function boundsOf({ acts }: Plan, cells: number): Bound[] {
  const lengthMs = armMs(acts)
  const cellAt = (ms: number): number => Math.round((ms / Math.max(1, lengthMs)) * (cells - 1))
  const begins = acts.map((act) => ({ act, atMs: act.fromMs, cell: cellAt(act.fromMs) }))
  return [...begins, { act: null, atMs: lengthMs, cell: cells - 1 }]
}

/** The times of the bounds, each at its place; the last one ends with the axis, and what would overlap is left out. */
function ruler(bounds: readonly Bound[], cells: number): string {
  let line = ''
  const last = formatMs(bounds.at(-1)!.atMs)
  for (const { atMs, cell } of bounds.slice(0, -1)) {
    const label = atMs === 0 ? '0' : formatMs(atMs)
    if (cell < line.length + (line === '' ? 0 : 1) || cell + label.length + 1 > cells - last.length) continue
    line = line.padEnd(cell) + label
  }
  return line.padEnd(cells - last.length) + last
}

/** `├ baseline ──┼ fault ───────┼ recovery ──┤`. */
function actRow(plan: Plan, bounds: readonly Bound[], cells: number, paint: Paint): string {
  let row = ''
  bounds.forEach((bound, i) => {
    const next = bounds[i + 1]
    if (next === undefined || bound.act === null) return
    const width = next.cell - bound.cell
    if (width < 1) return
    const corner = row === '' ? '├' : '┼'
    const name = width >= widthOf(bound.act.name) + 4 ? ` ${bound.act.name} ` : ''
    const tone = hasFault(plan, bound.act) ? paint.red : paint.green
    row += paint.dim(corner) + tone(name) + paint.dim('─'.repeat(width - 1 - widthOf(name)))
  })
  return row + paint.dim('┤') + ' '.repeat(Math.max(0, cells - widthOf(row) - 1))
}

const must: Readonly<Record<(typeof gateArms)[number], string>> = {
  control: 'hold: healthy, and the measures do no harm',
  untreated: 'deviate: the fault bites, and the checks see it',
  treated: 'hold: the measures are what saves it',
}

function armTable(plan: Plan, paint: Paint): string[] {
  const row = (...cells: [string, string, string, string]): string =>
    `${pad(cells[0], 13)}${pad(cells[1], 8)}${pad(cells[2], 10)}${cells[3]}`
  return [
    row(paint.bold('arms'), paint.dim('faults'), paint.dim('measures'), paint.dim('must')),
    ...gateArms.map((arm) =>
      row(
        `  ${arm}`,
        plan.faultsOn && setupOf(plan, arm).faults.length > 0 ? paint.red('on') : paint.dim('–'),
        setupOf(plan, arm).measures.length > 0 ? paint.green('on') : paint.dim('–'),
        arm === 'untreated' && !plan.faultsOn ? 'deviate, which it cannot without a fault' : must[arm],
      ),
    ),
    paint.dim(
      `  a baseline in which a journey succeeds to less than ${percent(plan.baselineAtLeast)} voids its arm`,
    ),
  ]
}

function measureRows(plan: Plan): [string, string][] {
  return plan.measures.map(({ name, params }) => [
    oneLine(name),
    plan.without.includes(name) ? 'left out of this run' : oneLine(inWords(params)),
  ])
}

function checkRows(
  plan: Plan,
  role: CheckSpec['role'],
  title: string,
  columns: number,
  paint: Paint,
): string[] {
  const sizings = new Map(sizingsOf(plan).map((sizing) => [sizing.check, sizing]))
  const rows = plan.checks
    .filter((check) => check.role === role)
    .map((check): [string, string] => [
      oneLine(check.title),
      [sizingInWords(sizings.get(check.id)), oneLine(check.source)].filter(Boolean).join(' · '),
    ])
  return section(title, rows, columns, paint)
}

/** Rows of two parts under a title: in columns where all of them fit, else each as it fits, on one line or two. */
function section(
  title: string,
  rows: readonly (readonly [string, string])[],
  columns: number,
  paint: Paint,
): string[] {
  if (rows.length === 0) return []
  const first = Math.max(...rows.map(([left]) => widthOf(left)))
  const inColumns = rows.every(([, right]) => 2 + first + 2 + widthOf(right) <= columns)
  const row = ([left, right]: readonly [string, string]): string[] => {
    if (inColumns) return [`  ${pad(left, first)}  ${paint.dim(right)}`]
    if (2 + widthOf(left) + 2 + widthOf(right) <= columns) return [`  ${left}  ${paint.dim(right)}`]
    return [`  ${left}`, `    ${paint.dim(right)}`]
  }
  return ['', paint.bold(title), ...rows.flatMap(row)]
}

/** `about 102 visits, 73 needed, at most 1 may fail`. */
function sizingInWords(sizing: Sizing | undefined): string {
  if (sizing === undefined) return ''
  const { expected, needs, tolerates } = sizing
  const mayFail =
    tolerates === undefined ? [] : [tolerates === 0 ? 'none may fail' : `at most ${tolerates} may fail`]
  return [`about ${expected} visits`, `${needs} needed`, ...mayFail].join(', ')
}
