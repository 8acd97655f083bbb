import { timeOfAct } from '../model/acts.ts'
import type { ArrivalsSpec } from '../model/arrivals.ts'
import type { FaultSpec } from '../model/fault.ts'
import type { Plan } from '../model/plan.ts'
import { formatMs } from '../model/units.ts'
import { inWords } from './parameters.ts'
import { oneLine } from './terminal/one-line.ts'
import type { Paint } from './terminal/paint.ts'
import { spark } from './terminal/sparkline.ts'

/** A row of a plan's time axis. */
export interface Row {
  readonly label: string
  readonly figures: string
  /** The row's mark in a cell that begins at `fromMs` and is `widthMs` wide; null leaves it to the grid. */
  readonly mark: (fromMs: number, widthMs: number) => string | null
  readonly colour: (text: string) => string
}

export function loadRows(plan: Plan, paint: Paint): Row[] {
  const surges = plan.faultsOn ? plan.faults.map(({ params }) => Number(params.perSecond) || 0) : []
  const most = Math.max(1e-9, ...plan.load.flatMap(({ perSecond }) => perSecond), ...surges)
  return plan.load.map((stream) => {
    const { atMs, durationMs } = timeOfAct(plan.acts, stream.act)
    return {
      label: oneLine(stream.journey),
      figures: rateInWords(stream),
      mark: (fromMs, widthMs) => {
        const ms = fromMs + widthMs / 2
        if (ms < atMs || ms >= atMs + durationMs) return null
        const [from, to] = stream.perSecond
        return spark((from + ((to - from) * (ms - atMs)) / Math.max(1, durationMs)) / most)
      },
      colour: paint.cyan,
    }
  })
}

function rateInWords({ perSecond: [from, to], process }: ArrivalsSpec): string {
  return `${round(from)}${to === from ? '' : `→${round(to)}`}/s ${process}`
}

function round(value: number): string {
  return String(Number(value.toPrecision(3)))
}

/** A row for each fault; one that repeats has one, with all its times. */
export function faultRows(plan: Plan, paint: Paint): Row[] {
  return inOne(plan.faults).map((times) => {
    const [fault] = times
    const often = times.length === 1 ? '' : `, ${times.length} times`
    return {
      label: oneLine(fault.id),
      figures: `${formatMs(fault.toMs - fault.fromMs)}${often}${paramsOf(fault)}`,
      mark: (fromMs, widthMs) => {
        const ms = fromMs + widthMs / 2
        return times.some((one) => ms >= one.fromMs && ms < one.toMs) ? '█' : null
      },
      colour: paint.red,
    }
  })
}

/** Repeats of a fault, which are numbered from 2 on, with the first of them. */
function inOne(faults: readonly FaultSpec[]): [FaultSpec, ...FaultSpec[]][] {
  const groups: [FaultSpec, ...FaultSpec[]][] = []
  for (const fault of faults) {
    const group = groups.find(([first, ...more]) => fault.id === `${first.id} ${more.length + 2}`)
    if (group === undefined) groups.push([fault])
    else group.push(fault)
  }
  return groups
}

/** Actions: those of a planned time have a mark there. */
export function actionRows({ actions }: Plan, paint: Paint): Row[] {
  return actions.map(({ id, at, measure }) => {
    const after =
      'ms' in at ? formatMs(at.ms) : `${'event' in at ? at.event : at.action} + ${formatMs(at.afterMs)}`
    return {
      label: oneLine(id),
      figures: oneLine([after, measure].filter(Boolean).join(', ')),
      mark: (fromMs, widthMs) => ('ms' in at && at.ms >= fromMs && at.ms < fromMs + widthMs ? '▲' : null),
      colour: paint.yellow,
    }
  })
}

/** What the fault's id does not say already. */
function paramsOf(fault: FaultSpec): string {
  const others = Object.entries(fault.params).filter(([, value]) => !fault.id.includes(String(value)))
  const said = oneLine(inWords(Object.fromEntries(others)))
  return said === '' ? '' : `, ${said}`
}
