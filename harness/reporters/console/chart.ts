import { percent } from '../../checks/figures.ts'
import { oneLine } from '../terminal/one-line.ts'
import type { Paint } from '../terminal/paint.ts'
import { latencyLevel, spark } from '../terminal/sparkline.ts'
import { pad, widthOf } from '../terminal/width.ts'
import type { ArmProgress, JourneyProgress, Slot } from './arm-progress.ts'

/** Figures beside a journey's sparklines. */
export interface RowFigures {
  readonly arrivals: string
  readonly success: number | null
  /** `p95 640 ms`. */
  readonly p95: string
}

const arrivalsWidth = 7
const successWidth = 11
const p95Width = 12
const indent = 2

/**
 * An arm's journeys, a row each, with success and p95 along the planned time, and the faults on the axis below. Success
 * is drawn from 0 to 100 %, p95 by its logarithm from 10 ms to 10 s, so that rows and arms can be compared by eye.
 */
export function chart(
  progress: ArmProgress,
  options: {
    columns: number
    paint: Paint
    rows: number
    elapsedMs: number | null
    figures: (journey: JourneyProgress) => RowFigures
  },
): string[] {
  const { paint, figures } = options
  const shown =
    progress.journeys.length > options.rows
      ? progress.journeys.slice(0, Math.max(1, options.rows - 1))
      : progress.journeys
  const names = shown.map((journey) => oneLine(journey.name))
  const nameWidth = Math.min(
    Math.max(6, ...names.map(widthOf)),
    Math.max(12, Math.floor(options.columns * 0.28)),
  )
  const fixed = indent + nameWidth + 1 + arrivalsWidth + 2 + successWidth + 2 + p95Width + 1
  const cells = Math.min(48, Math.max(4, Math.floor((options.columns - fixed) / 2)))
  const reached =
    options.elapsedMs === null
      ? 0
      : Math.min(cells, Math.ceil((options.elapsedMs / Math.max(1, progress.plannedMs)) * cells))

  const lines = shown.map((journey, i) =>
    journeyRow(pad(names[i]!, nameWidth), figures(journey), {
      drawn: cellsOf(journey.slots, cells).map((slot, cell) => drawCell(slot, cell < reached, paint)),
      paint,
    }),
  )
  if (shown.length < progress.journeys.length)
    lines.push(others(progress.journeys.slice(shown.length), options))

  const axis = axisOf(progress, cells, reached, paint)
  const left = indent + nameWidth + 1 + arrivalsWidth + 2
  const heading =
    progress.faults.length === 0
      ? 'no fault'
      : progress.faults.some((f) => f.toMs === null)
        ? 'fault on'
        : 'fault'
  lines.push(
    paint.dim(pad(`${' '.repeat(indent)}${progress.act === null ? '' : heading}`, left)) +
      axis +
      ' '.repeat(successWidth + 2) +
      axis,
  )
  return lines
}

function journeyRow(
  name: string,
  { arrivals, success, p95 }: RowFigures,
  { drawn, paint }: { drawn: readonly { success: string; p95: string }[]; paint: Paint },
): string {
  const share = success === null ? 'ok –' : `ok ${percent(success)}`
  return [
    ' '.repeat(indent),
    name,
    ' ',
    paint.dim(pad(arrivals, arrivalsWidth, 'right')),
    '  ',
    drawn.map((cell) => cell.success).join(''),
    ' ',
    successPaint(success, paint)(pad(share, successWidth)),
    ' ',
    drawn.map((cell) => cell.p95).join(''),
    ' ',
    pad(p95, p95Width).trimEnd(),
  ].join('')
}

function others(
  journeys: readonly JourneyProgress[],
  options: { paint: Paint; figures: (journey: JourneyProgress) => RowFigures },
): string {
  const each = journeys.map((journey) => {
    const { success } = options.figures(journey)
    return `${oneLine(journey.name)} ${success === null ? '–' : percent(success)}`
  })
  return options.paint.dim(`${' '.repeat(indent)}and ${each.join(', ')}`)
}

function cellsOf(slots: readonly Slot[], cells: number): Slot[] {
  return Array.from({ length: cells }, (_, cell) => {
    const from = Math.floor((cell * slots.length) / cells)
    const to = Math.max(from + 1, Math.floor(((cell + 1) * slots.length) / cells))
    const sum = { arrived: 0, ok: 0, failed: 0, p95Ms: 0 }
    for (const slot of slots.slice(from, to)) {
      sum.arrived += slot.arrived
      sum.ok += slot.ok
      sum.failed += slot.failed
      sum.p95Ms = Math.max(sum.p95Ms, slot.p95Ms)
    }
    return sum
  })
}

/** A blank where time has not come to, a dot where nobody was done in that time. */
function drawCell(slot: Slot, reached: boolean, paint: Paint): { success: string; p95: string } {
  const finished = slot.ok + slot.failed
  if (finished === 0) {
    const nothing = reached ? paint.dim('·') : ' '
    return { success: nothing, p95: nothing }
  }
  const share = slot.ok / finished
  return {
    success: successPaint(share, paint)(spark(share)),
    p95: paint.cyan(spark(latencyLevel(slot.p95Ms))),
  }
}

function successPaint(share: number | null, paint: Paint): (text: string) => string {
  if (share === null) return paint.dim
  return share >= 0.95 ? paint.green : share >= 0.5 ? paint.yellow : paint.red
}

/** `─` time that has passed, `━` a fault in it, `┬` an act's beginning. */
function axisOf(progress: ArmProgress, cells: number, reached: number, paint: Paint): string {
  const cellAt = (ms: number): number =>
    Math.min(cells - 1, Math.floor((ms / Math.max(1, progress.plannedMs)) * cells))
  const bounds = new Set(progress.acts.slice(1).map((act) => cellAt(act.fromMs)))
  return Array.from({ length: cells }, (_, cell) => {
    const faulty = progress.faults.some(
      (fault) =>
        cell >= cellAt(fault.fromMs) &&
        (fault.toMs === null ? cell < reached : cell <= cellAt(fault.toMs - 1)),
    )
    if (faulty) return paint.red(progress.faults.some((f) => cellAt(f.fromMs) === cell) ? '▲' : '━')
    return paint.dim(bounds.has(cell) ? '┬' : cell < reached ? '─' : '┈')
  }).join('')
}
