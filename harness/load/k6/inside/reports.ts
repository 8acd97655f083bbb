import { lineOf, observationLine } from '../../lines.ts'
import { liveVisits } from '../../live.ts'
import { hundredths, type Sink, type Visits } from '../../visits.ts'
import { lineMark, type VuReport } from '../protocol.ts'

const flushEveryMs = 50
const reportEveryMs = 100
const loopWatchMs = 20

/** What one VU tells the harness, through k6's log: journal lines as visits end, and how the VU is doing. */
export interface Reports extends Sink {
  /** Begins to report. */
  begin(visits: Visits): void
  /** The arm has started: from now on stalls of the event loop count. */
  started(): void
  /** Tells what is left, and reports for the last time. */
  end(): void
}

export function reporting(vu: number, now: () => number): Reports {
  const live = liveVisits()
  const loop = watchLoop(now)
  const timers: ReturnType<typeof setInterval>[] = []
  let visits: Visits | undefined
  let lines: string[] = []
  let lagsMs: number[] = []

  const flush = (): void => {
    if (lines.length > 0) console.log(lineMark + lines.join('\n'))
    lines = []
  }
  const report = (final: boolean): void => {
    const { counts } = visits!
    const said: VuReport = {
      ...{ kind: 'vu', vu, at: hundredths(now()), final, ...counts() },
      ...{ loopDelayMaxMs: loop.maxMs(), lagsMs, journeys: Object.fromEntries(live.take()) },
    }
    lagsMs = []
    console.log(lineMark + lineOf(said))
  }
  return {
    due(visit) {
      lagsMs.push(hundredths(visit.lagMs))
      live.due(visit)
    },
    over(visit, how) {
      live.over(visit, how)
      lines.push(observationLine(visit, how))
    },
    begin(of) {
      visits = of
      timers.push(setInterval(loop.look, loopWatchMs), setInterval(flush, flushEveryMs))
      timers.push(setInterval(() => report(false), reportEveryMs))
    },
    started: loop.reset,
    end() {
      for (const timer of timers) clearInterval(timer)
      flush()
      report(true)
    },
  }
}

/** The longest stall of the VU's event loop, ms, by a timer that should come every `loopWatchMs`. */
function watchLoop(now: () => number): { look(): void; reset(): void; maxMs(): number } {
  let lookedAt = now()
  let maxMs = 0
  return {
    look() {
      const at = now()
      maxMs = Math.max(maxMs, hundredths(at - lookedAt - loopWatchMs))
      lookedAt = at
    },
    reset() {
      maxMs = 0
    },
    maxMs: () => maxMs,
  }
}
