import type { FaultTimes } from '../model/fault.ts'
import { numberOf, numberProblem, onLink, toxicFault } from './on-link.ts'

/** The link carries `kilobytesPerSecond` (1 kB = 1000 B) on the way back: pop-ups and downloads that fill the line (F8). */
export function throttle(link: string, kilobytesPerSecond: number, times: FaultTimes = {}) {
  return onLink('throttle', link, times, { kilobytesPerSecond })
}

/** A probe asks for as much as the link should carry in this time, ms, and must wait most of it. */
const probeSpanMs = 400

export const throttleKind = toxicFault({
  kind: 'throttle',
  summary: 'the link carries only so many kilobytes a second',
  problems: (spec) => numberProblem(spec, 'kilobytesPerSecond', { above: 0 }),
  needs: 'a long answer',
  toxics: (spec) => [
    { type: 'bandwidth', stream: 'downstream', attributes: { rate: numberOf(spec, 'kilobytesPerSecond') } },
  ],
  bites: (trip) => trip.answered && trip.tookMs >= probeSpanMs * 0.6,
  probe: {
    patienceMs: () => probeSpanMs * 4,
    bytes: (spec) => Math.min(1024 * 1024, Math.ceil(numberOf(spec, 'kilobytesPerSecond') * probeSpanMs)),
  },
})
