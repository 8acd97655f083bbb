import type { Series } from '../../model/result.ts'
import { html, type Markup } from './escape.ts'
import type { Story } from './stories.ts'
import type { Judged } from './windows.ts'

const width = 640
const countTop = 14
const countHeight = 110
/** Of the bars that say where checks look. */
const windowRows = 3
const windowHeight = 3
const latencyTop = countTop + countHeight + 18
const latencyHeight = 70
const height = latencyTop + latencyHeight + 22
const left = 44
const right = 8

/** Latencies that the lower axis spans, ms. */
const leastMs = 10
const mostMs = 10_000

/**
 * One journey in one arm: arrivals and served above, latency below, faults and marks across both. Static: works without
 * JavaScript, and in print.
 * @param most arrivals of the fullest bin over all arms, so that arms can be compared by eye
 */
export function chart(
  series: Series,
  options: {
    readonly story: Story | undefined
    readonly lengthMs: number
    readonly most: number
    readonly label: string
    /** Where checks look. */
    readonly windows: readonly Judged[]
    /** When faults were to be on, ms from the arm's start. */
    readonly planned: readonly { readonly id: string; readonly fromMs: number; readonly toMs: number }[]
  },
): Markup {
  const { story, lengthMs, most, label, windows, planned } = options
  const x = (ms: number): number =>
    left + (Math.min(lengthMs, Math.max(0, ms)) / lengthMs) * (width - left - right)
  const y = (count: number): number => countTop + countHeight * (1 - count / Math.max(1, most))
  const { binMs } = series
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
<title>${label}</title>
${(story?.faults ?? []).map(({ fault, fromMs, toMs }) => faultBand(fault, x(fromMs), x(toMs ?? lengthMs)))}
${planned.map(({ id, fromMs, toMs }) => plannedBand(id, x(fromMs), x(toMs)))}
<path class="arrivals" d="${steps(series.arrivals, binMs, x, y)}"/>
<path class="served" d="${steps(series.ok, binMs, x, y)}"/>
${latencyGrid()}
<path class="p95" d="${line(series.p95Ms, binMs, x)}"/>
<path class="p50" d="${line(series.p50Ms, binMs, x)}"/>
${windows.map((window, i) => windowBar(window, i, x))}
${acts(story, x, lengthMs)}
${(story?.marks ?? []).map(({ ms, kind, who, what }) => mark(kind, `${who}: ${what} at ${(ms / 1000).toFixed(1)} s`, x(ms)))}
<text class="axis" x="${left - 4}" y="${countTop + 4}" text-anchor="end">${perSecond(most, binMs)}</text>
<text class="axis" x="${left - 4}" y="${countTop + countHeight}" text-anchor="end">0</text>
</svg>`
}

function perSecond(count: number, binMs: number): string {
  return `${Math.round((count * 1000) / binMs)}/s`
}

function faultBand(fault: string, from: number, to: number): Markup {
  const wide = Math.max(1, to - from)
  return html`<rect class="fault" x="${round(from)}" y="${countTop}" width="${round(wide)}" height="${latencyTop + latencyHeight - countTop}"><title>${fault}</title></rect>`
}

function plannedBand(fault: string, from: number, to: number): Markup {
  const wide = Math.max(1, to - from)
  return html`<rect class="planned" x="${round(from)}" y="${countTop}" width="${round(wide)}" height="${latencyTop + latencyHeight - countTop}"><title>${fault}, as planned</title></rect>`
}

/** Bars have their rows in the gap between the two axes; a latency's threshold lies on its own. */
function windowBar(
  { title, fromMs, toMs, tone, thresholdMs }: Judged,
  nth: number,
  x: (ms: number) => number,
): Markup {
  const [from, to] = [round(x(fromMs)), round(x(toMs))]
  const y = countTop + countHeight + 3 + (nth % windowRows) * (windowHeight + 1)
  const bar = html`<rect class="window ${tone}" x="${from}" y="${y}" width="${round(Math.max(1, to - from))}" height="${windowHeight}"><title>${title}</title></rect>`
  if (thresholdMs === undefined) return bar
  const limit = round(latencyY(thresholdMs))
  return html`${bar}<line class="threshold ${tone}" x1="${from}" x2="${to}" y1="${limit}" y2="${limit}"><title>${title}</title></line>`
}

function mark(kind: string, said: string, at: number): Markup {
  const x = round(at)
  return html`<path class="mark ${kind}" d="M${x} ${countTop - 2}l-4 -8h8z"><title>${said}</title></path>`
}

/** Names of acts below, a line where each begins. */
function acts(story: Story | undefined, x: (ms: number) => number, lengthMs: number): Markup[] {
  return (story?.plan.acts ?? []).map(({ name, fromMs }) => {
    const at = round(x(fromMs))
    const seconds = html`${(fromMs / 1000).toFixed(fromMs % 1000 === 0 ? 0 : 1)} s`
    return html`<line class="act" x1="${at}" x2="${at}" y1="${countTop}" y2="${latencyTop + latencyHeight}"/><text class="axis" x="${at + 2}" y="${height - 6}">${name} <tspan class="dim">${fromMs < lengthMs ? seconds : ''}</tspan></text>`
  })
}

function latencyY(ms: number): number {
  const clamped = Math.min(mostMs, Math.max(leastMs, ms))
  const share = Math.log10(clamped / leastMs) / Math.log10(mostMs / leastMs)
  return latencyTop + latencyHeight * (1 - share)
}

function latencyGrid(): Markup[] {
  return [10, 100, 1000, 10_000].map((ms) => {
    const y = round(latencyY(ms))
    const label = ms < 1000 ? `${ms} ms` : `${ms / 1000} s`
    return html`<line class="grid" x1="${left}" x2="${width - right}" y1="${y}" y2="${y}"/><text class="axis" x="${left - 4}" y="${y + 3}" text-anchor="end">${label}</text>`
  })
}

/** A filled staircase from the first bin to the last. */
function steps(
  counts: readonly number[],
  binMs: number,
  x: (ms: number) => number,
  y: (count: number) => number,
): string {
  const base = round(y(0))
  const parts = counts.map((count, i) => `V${round(y(count))}H${round(x((i + 1) * binMs))}`)
  return `M${round(x(0))} ${base}${parts.join('')}V${base}Z`
}

/** A line with gaps where nobody succeeded. */
function line(values: readonly (number | null)[], binMs: number, x: (ms: number) => number): string {
  let path = ''
  let drawing = false
  values.forEach((value, i) => {
    if (value === null) {
      drawing = false
      return
    }
    path += `${drawing ? 'L' : 'M'}${round(x((i + 0.5) * binMs))} ${round(latencyY(value))}`
    drawing = true
  })
  return path
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
