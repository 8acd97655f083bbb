import { hasFault } from '../../model/plan.ts'
import { formatMs } from '../../model/units.ts'
import { oneLine } from '../terminal/one-line.ts'
import type { Paint } from '../terminal/paint.ts'
import { clip, pad, widthOf } from '../terminal/width.ts'
import type { ArmProgress, JourneyProgress } from './arm-progress.ts'
import { chart, type RowFigures } from './chart.ts'
import { happeningLine } from './happening-line.ts'

/** Of an arm's header, acts, axis, journeys and events together. */
const linesAtMost = 9

interface Room {
  /** Epoch ms. */
  readonly at: number
  readonly columns: number
  /** Lines at the most. */
  readonly rows: number
  readonly paint: Paint
}

/** The block a terminal shows while arms run: as much of each as there is room for. */
export function liveViews(
  arms: readonly { readonly progress: ArmProgress; readonly place: string }[],
  room: Room,
): string[] {
  const fit = Math.max(0, Math.floor(room.rows))
  if (arms.length > fit) {
    const shown = Math.max(0, fit - 1)
    const heads = arms.slice(0, shown).flatMap((arm) => liveView(arm, { ...room, rows: 1 }))
    return [...heads, room.paint.dim(`  and ${arms.length - shown} more arms`)]
  }
  const rows = Math.min(linesAtMost, Math.floor(fit / Math.max(1, arms.length)))
  return arms.flatMap((arm) => liveView(arm, { ...room, rows }))
}

/** One arm: its header, then its acts, then its journeys on their axis, then what happened last, as rows allow. */
function liveView({ progress, place }: { progress: ArmProgress; place: string }, room: Room): string[] {
  const { rows, paint } = room
  const columns = room.columns - 1
  const elapsedMs = progress.elapsedMs(room.at)
  // Two rows for what happened last; where they are few, journeys go before.
  const journeyRows = rows >= 6 ? rows - 5 : rows - 3
  const drawn =
    journeyRows < 1
      ? []
      : chart(progress, { columns, paint, rows: journeyRows, elapsedMs, figures: figuresNow })
  const lines = [
    header(progress, { at: room.at, place, paint }, columns),
    actBar(progress, elapsedMs, columns, paint),
    ...drawn,
  ].slice(0, rows)
  const events = rows > lines.length ? progress.happenings.slice(lines.length - rows) : []
  return [...lines, ...events.map((happening) => happeningLine(happening, paint))]
}

function figuresNow(journey: JourneyProgress): RowFigures {
  const { now } = journey
  return {
    arrivals: now === null ? '–' : `${Math.round(now.perSecond)}/s`,
    success: now?.success ?? null,
    p95: now?.p95Ms == null ? 'p95 –' : `p95 ${formatMs(now.p95Ms)}`,
  }
}

function header(
  progress: ArmProgress,
  options: { at: number; place: string; paint: Paint },
  columns: number,
): string {
  const { paint } = options
  const right = ` ${clip(clockOf(progress, options.at), Math.floor(columns / 2))}`
  const left = `${oneLine(progress.plan.scenario)} · ${paint.bold(progress.arm)}  ${paint.dim(options.place)}`
  return pad(left, columns - widthOf(right)) + paint.dim(right)
}

function clockOf(progress: ArmProgress, at: number): string {
  if (progress.busyWith === null)
    return `${seconds(progress.elapsedMs(at) ?? 0)} s of ${formatMs(progress.plannedMs)}`
  return `${oneLine(progress.busyWith.message)} … ${seconds(at - progress.busyWith.since)} s`
}

function seconds(ms: number): string {
  return (Math.max(0, ms) / 1000).toFixed(1)
}

/** Each act as a stretch of the line as long as its share of the planned time: `baseline ━━━━━ fault ━━╸────`. */
function actBar(progress: ArmProgress, elapsedMs: number | null, columns: number, paint: Paint): string {
  const widest = Math.max(30, columns - 2)
  const planned = Math.max(1, progress.plannedMs)
  return `  ${progress.acts
    .map((act) => {
      const { name, fromMs, toMs } = act
      const from = Math.floor((fromMs / planned) * widest)
      const width = Math.floor((toMs / planned) * widest) - from
      const label = width >= widthOf(name) + 3 ? `${name} ` : ''
      const bar = Math.max(0, width - widthOf(label) - 1)
      const share = ((elapsedMs ?? 0) - fromMs) / Math.max(1, toMs - fromMs)
      const done = Math.round(Math.min(1, Math.max(0, share)) * bar)
      const wrong = progress.faults.length > 0 && hasFault(progress.plan, act)
      const colour = wrong ? paint.red : paint.green
      const shown = progress.act === name ? paint.bold(label) : paint.dim(label)
      return `${shown}${colour('━'.repeat(done))}${paint.dim('─'.repeat(bar - done))}${width > 0 ? ' ' : ''}`
    })
    .join('')}`
}
