import type { GeneratorFigures, LiveTick } from '../../model/load.ts'
import { latencies } from '../builtin/latencies.ts'
import type { VuReport } from './protocol.ts'

/** What all VUs have reported, put together: figures of one generator. */
export interface Gathered {
  add(report: VuReport): void
  /** Figures until now. */
  latest(): GeneratorFigures
  /** Figures, and the visits since the last tick. */
  tick(at: number): LiveTick
  arrived(stream: string): number
  /** Epoch ms up to which every VU has reported; 0 while one has not. */
  reportedAt(): number
  /** Resolves once so many VUs have reported for the last time. */
  complete(vus: number): Promise<void>
}

export function gathered(): Gathered {
  const last = new Map<number, VuReport>()
  const lag = latencies()
  let since = new Map<string, { arrived: number; ok: number; failed: number; tookMs: number[] }>()
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
      for (const [journey, { arrived, ok, failed, tookMs }] of Object.entries(report.journeys)) {
        const entry = since.get(journey) ?? { arrived: 0, ok: 0, failed: 0, tookMs: [] }
        entry.arrived += arrived
        entry.ok += ok
        entry.failed += failed
        entry.tookMs.push(...tookMs)
        since.set(journey, entry)
      }
      for (const { vus, resolve } of waiting) if (finals() >= vus) resolve()
    },
    latest,
    tick(at) {
      const journeys = Object.fromEntries(
        [...since].map(([journey, { tookMs, ...counts }]) => [journey, { ...counts, p95Ms: p95(tookMs) }]),
      )
      since = new Map()
      return { at, journeys, generator: latest() }
    },
    arrived: (stream) => sum(({ arrived }) => arrived[stream] ?? 0),
    reportedAt: () => (last.size === 0 ? 0 : Math.min(...[...last.values()].map(({ at }) => at))),
    complete: (vus) =>
      new Promise((resolve) => {
        if (finals() >= vus) resolve()
        else waiting.push({ vus, resolve })
      }),
  }
}

function p95(values: number[]): number {
  values.sort((a, b) => a - b)
  return values[Math.min(values.length - 1, Math.floor(0.95 * values.length))] ?? 0
}
