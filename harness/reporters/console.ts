import type { EventOf } from '../journal/events.ts'
import type { Arm } from '../model/arms.ts'
import type { Plan } from '../model/plan.ts'
import type { ArmResult } from '../model/result.ts'
import { formatMs } from '../model/units.ts'
import { armLines } from './console/arm-lines.ts'
import { followArm } from './console/arm-progress.ts'
import { chart } from './console/chart.ts'
import { liveWatch } from './console/live-watch.ts'
import { plainWatch } from './console/plain-watch.ts'
import { runLines, runStartedLines, scenarioHeading, scenarioLines } from './console/run-lines.ts'
import { inWords } from './parameters.ts'
import type { Reporter, ReporterOutput } from './reporter.ts'
import { paint as paintFor } from './terminal/paint.ts'
import { hang } from './terminal/width.ts'

/** What a probe's look means at its time: a fault must not bite before it is injected, nor after it is reverted. */
const sightings: Readonly<Record<EventOf<'fault.probed'>['when'], (bites: boolean | null) => string>> = {
  before: (bites) =>
    bites === null ? 'cannot be told yet' : bites ? 'bites before its time' : 'not there yet',
  during: (bites) => (bites === null ? 'cannot be told' : bites ? 'bites' : 'does not bite'),
  after: (bites) => (bites === null ? 'may be there still' : bites ? 'still bites' : 'is gone'),
}

/**
 * What a person watches. On a terminal the running arm is a block redrawn in place; elsewhere each phase, fault and
 * system event is a line. Verdicts are lines in both.
 * @param now epoch ms; only moves the clock of the live block.
 */
export function consoleReporter(output: ReporterOutput, now: () => number = Date.now): Reporter {
  const paint = paintFor(output.colour)
  const columns = (): number => (output.terminal ? output.columns() - 1 : Number.POSITIVE_INFINITY)
  const print = (...lines: string[]): void =>
    output.write(lines.map((line) => `${hang(line, columns()).join('\n')}\n`).join(''))
  const watch = output.terminal ? liveWatch(output, paint, now) : plainWatch(print, paint)

  let plans: readonly Plan[] = []
  let armNames: readonly Arm[] = []
  let scenario: string | null = null
  let following: ReturnType<typeof followArm> | null = null

  const since = (at: number): number | null => following?.elapsedMs(at) ?? null

  const faultHappened = (at: number, what: string, detail = ''): void => {
    const happening = { ms: since(at), kind: 'fault', who: 'fault', what, detail } as const
    following?.happened(happening)
    watch.happened(happening)
  }

  /** The arm's curves stay on the screen, so that the arms can be compared by eye. */
  const printChart = (result: ArmResult): void => {
    const progress = following?.progress()
    const elapsedMs = since(now())
    if (progress === undefined || elapsedMs === null) return
    print(
      ...chart(progress, {
        columns: output.columns() - 1,
        paint,
        rows: Number.POSITIVE_INFINITY,
        elapsedMs,
        figures: ({ name, slots, total }) => {
          const { arrivals, ok } = result.journeys[name] ?? { arrivals: total.arrived, ok: total.ok }
          return {
            arrivals: String(arrivals),
            success: arrivals === 0 ? null : ok / arrivals,
            p95: `p95 ≤ ${formatMs(Math.max(0, ...slots.map((slot) => slot.p95Ms)))}`,
          }
        },
      }),
    )
  }

  return {
    name: 'console',

    runStarted(run) {
      plans = run.plans
      armNames = [...new Set(run.arms.flat())]
      print(...runStartedLines(run, paint))
    },

    armStarted({ plan, arm, measures, faults }) {
      watch.armEnded()
      if (scenario !== plan.scenario) print('', scenarioHeading(plan, paint))
      scenario = plan.scenario
      following = followArm(plan, arm, now())
      const nth = plans.findIndex((p) => p.scenario === plan.scenario) + 1
      const place = `arm ${armNames.indexOf(arm) + 1} of ${armNames.length}, scenario ${nth} of ${plans.length}`
      watch.armStarted({ arm, place, measures, faults, progress: following.progress })
    },

    armReady({ tookMs }) {
      following?.busy('letting the load in', now())
      watch.armReady(tookMs)
    },

    phaseStarted({ phase, at }) {
      following?.phaseStarted(phase, at)
      watch.phaseStarted(phase, since(at))
    },

    faultInjected({ fault, at }) {
      following?.injected(fault, at)
      faultHappened(at, `${fault} injected`)
    },

    faultProbed({ fault, at, when, bites, said }) {
      faultHappened(at, `${fault} ${sightings[when](bites)}`, said)
    },

    faultReverted({ fault, at }) {
      following?.reverted(fault, at)
      faultHappened(at, `${fault} reverted`)
    },

    systemEvent({ service, event, facts, at }) {
      const happening = {
        ms: since(at),
        kind: 'event',
        who: service,
        what: event,
        detail: inWords(facts),
      } as const
      following?.happened(happening)
      watch.happened(happening)
    },

    tick(tick) {
      following?.tick(tick)
    },

    progress(message) {
      following?.busy(message, now())
      watch.busy(message)
    },

    note(text) {
      // The arm's load is over; its block would draw over words that must stay.
      watch.armEnded()
      print(...text.split('\n'))
    },

    armEnded(result) {
      watch.armEnded()
      printChart(result)
      following = null
      print(...armLines(result, columns(), paint), '')
    },

    scenarioEnded(result) {
      print(...scenarioLines(result, paint))
    },

    runEnded(result, dir) {
      watch.armEnded()
      print('', ...runLines(result, dir, { paint, again: output.again }))
    },
  }
}
