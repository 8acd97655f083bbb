import type { GeneratorFigures, LiveTick } from '../../model/load.ts'
import { latencies } from '../latencies.ts'
import { liveVisits, shown } from '../live.ts'
import type { VuReport } from './protocol.ts'

/** What all VUs have reported, put together: figures of one generator. */
export interface Gathered {
  add(report: VuReport): void
  /** Figures until now. */
  latest(): GeneratorFigures
  /** Figures, and the visits since the last tick. */
  tick(at: number): LiveTick
  /** Resolves once so many VUs have reported for the last time. */
  complete(vus: number): Promise<void>
}

export function gathered(): Gathered {
  const last = new Map<number, VuReport>()
  const lag = latencies()
  const live = liveVisits()
  const waiting: { vus: number; resolve(): void }[] = []

  const finals = (): number => [...last.values()].filter(({ final }) => final).length
  const sum = (of: (report: VuReport) => number): number =>
    [...last.values()].reduce((total, report) => total + of(report), 0)
  const latest = (): GeneratorFigures => ({
    due: sum(({ due }) => due),
    started: sum(({ started }) => started),
    dropped: sum(({ dropped }) => dropped),
    finished: sum(({ finished }) => finished),
    inFlight: sum(({ inFlight }) => inFlight),
    ...lag.figures(),
    loopDelayMaxMs: Math.max(0, ...[...last.values()].map(({ loopDelayMaxMs }) => loopDelayMaxMs)),
  })

  return {
    add(report) {
      last.set(report.vu, report)
      for (const ms of report.lagsMs) lag.add(ms)
      for (const [journey, visits] of Object.entries(report.journeys)) live.add(journey, visits)
      for (const { vus, resolve } of waiting) if (finals() >= vus) resolve()
    },
    latest,
    tick: (at) => ({ at, journeys: shown(live.take()), generator: latest() }),
    complete: (vus) =>
      new Promise((resolve) => {
        if (finals() >= vus) resolve()
        else waiting.push({ vus, resolve })
      }),
  }
}
