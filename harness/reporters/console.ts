import type { ArmRef } from '../experiment/report.ts'
import type { EventOf } from '../journal/events.ts'
import type { ActionEvent } from '../journal/record.ts'
import type { Arm } from '../model/arms.ts'
import type { Plan } from '../model/plan.ts'
import type { ArmResult } from '../model/result.ts'
import { formatMs } from '../model/units.ts'
import { armLines } from './console/arm-lines.ts'
import { followArm, type Happening } from './console/arm-progress.ts'
import { chart } from './console/chart.ts'
import { effectLines } from './console/effect-lines.ts'
import { type Estimate, estimateOf, leftInWords } from './console/estimate.ts'
import { liveWatch } from './console/live-watch.ts'
import { plainWatch } from './console/plain-watch.ts'
import {
  interruptedLines,
  runLines,
  runStartedLines,
  scenarioHeading,
  scenarioLines,
} from './console/run-lines.ts'
import { estimateOfRun, nameOf, plannedMs } from './console/under-way.ts'
import type { ArmWatch } from './console/watch.ts'
import { inWords } from './parameters.ts'
import type { Reporter, ReporterOutput } from './reporter.ts'
import { paint as paintFor } from './terminal/paint.ts'
import { printerTo } from './terminal/printer.ts'
import { widthOf } from './terminal/width.ts'

/** What a probe's look means at its time: a fault must not bite before it is injected, nor after it is reverted. */
const sightings: Readonly<Record<EventOf<'fault.probed'>['when'], (bites: boolean | null) => string>> = {
  before: (bites) =>
    bites === null ? 'cannot be told yet' : bites ? 'bites before its time' : 'not there yet',
  during: (bites) => (bites === null ? 'cannot be told' : bites ? 'bites' : 'does not bite'),
  after: (bites) => (bites === null ? 'may be there still' : bites ? 'still bites' : 'is gone'),
}

/** Does something to the arm that an event is of; one that was never begun has nothing that could be shown. */
type On = (ref: ArmRef, how: (arm: Followed) => void) => void

/** An arm under way: what is known of it, and how it is shown. */
interface Followed extends ReturnType<typeof followArm> {
  readonly watch: ArmWatch
}

/**
 * What a person watches. On a terminal the running arms are a block redrawn in place; elsewhere each act, fault and
 * system event is a line, which says of which arm where several run side by side. Verdicts are lines in both.
 * @param now epoch ms; only moves the clock of the live block.
 */
export function consoleReporter(output: ReporterOutput, now: () => number = Date.now): Reporter {
  const paint = paintFor(output.colour)
  const { print, columns } = printerTo(output, () => watch.makeRoom())
  let run: ArmsOfRun = { plans: [], arms: [] }
  /** Of the longest name of an arm in brackets, where arms run side by side. */
  let nameColumns = 0
  let estimate: Estimate = estimateOf([], 1)
  const headed = new Set<string>()
  const followed = new Map<string, Followed>()
  const watch = output.terminal
    ? liveWatch(output, paint, now, () => leftInWords(estimate, now()))
    : plainWatch(print, paint, () => nameColumns)

  const on: On = (ref, how) => {
    const arm = followed.get(nameOf(ref))
    if (arm !== undefined) how(arm)
  }

  return {
    name: 'console',

    runStarted(started) {
      run = started
      nameColumns = started.parallel > 1 ? Math.max(0, ...namesOf(run).map(widthOf)) + 2 : 0
      estimate = estimateOfRun(started)
      print(...runStartedLines(started, paint))
    },

    armStarted({ plan, arm, measures, faults }, ref) {
      if (!headed.has(plan.scenario)) print('', scenarioHeading(plan, paint))
      headed.add(plan.scenario)
      const name = nameOf(ref)
      const following = followArm(plan, arm, now())
      const { progress } = following
      estimate.began(name, plannedMs(plan), now())
      const shown = watch.armStarted({ name, place: placeOf(ref, run), measures, faults, progress })
      followed.set(name, { ...following, watch: shown })
    },

    ...armHooks(on, (ref) => estimate.loaded(nameOf(ref), now()), now),
    ...faultHooks(on),

    note(text) {
      // Words that must stay readable: no block is redrawn below them.
      watch.stop()
      print(...text.split('\n'))
    },

    armEnded(result, ref) {
      const name = nameOf(ref)
      const arm = followed.get(name)
      arm?.watch.ended()
      followed.delete(name)
      estimate.ended(name, now())
      const [head, ...lines] = armLines(result, name, columns(), paint)
      const curves = arm === undefined ? [] : curvesOf(arm, result, { output, paint, at: now() })
      print(head!, ...curves, ...lines, '')
    },

    scenarioEnded(result) {
      if (result.arms.every(({ ending }) => ending !== 'interrupted'))
        print(...scenarioLines(result, paint), ...effectLines(result, paint))
    },

    runEnded(result, dir) {
      watch.stop()
      if (result.ending === 'interrupted') print('', ...interruptedLines(result, dir, paint))
      else print('', ...runLines(result, dir, { paint, again: output.again }))
    },
  }
}

interface ArmsOfRun {
  readonly plans: readonly Plan[]
  /** Of each plan. */
  readonly arms: readonly (readonly Arm[])[]
}

/** `arm 2 of 3, scenario 1 of 2`. */
function placeOf({ scenario, arm }: ArmRef, { plans, arms }: ArmsOfRun): string {
  const nth = plans.findIndex((plan) => plan.scenario === scenario)
  const ofScenario = arms[nth] ?? []
  return `arm ${ofScenario.indexOf(arm) + 1} of ${ofScenario.length}, scenario ${nth + 1} of ${plans.length}`
}

/** Every arm of a run by name. */
function namesOf({ plans, arms }: ArmsOfRun): string[] {
  return plans.flatMap(({ scenario }, i) => arms[i]!.map((arm) => nameOf({ scenario, arm })))
}

/** What runs while an arm does. `loaded`: its first act begins. */
function armHooks(
  on: On,
  loaded: (ref: ArmRef) => void,
  now: () => number,
): Pick<Reporter, 'armReady' | 'actStarted' | 'operatorActed' | 'systemEvent' | 'tick' | 'progress'> {
  return {
    armReady: ({ tookMs }, ref) =>
      on(ref, (arm) => {
        arm.busy('letting the load in', now())
        arm.watch.ready(tookMs)
      }),
    actStarted: ({ act, at }, ref) =>
      on(ref, (arm) => {
        loaded(ref)
        arm.actStarted(act, at)
        arm.watch.actStarted(act, arm.elapsedMs(at))
      }),
    operatorActed: (event, ref) =>
      on(ref, (arm) => {
        const [what, detail = ''] = acted(event)
        happened(arm, { kind: 'action', who: 'operator', what, detail, ms: arm.elapsedMs(event.at) })
      }),
    systemEvent: ({ service, event, facts, at }, ref) =>
      on(ref, (arm) => {
        const told = { kind: 'event', who: service, what: event, detail: inWords(facts) } as const
        happened(arm, { ...told, ms: arm.elapsedMs(at) })
      }),
    tick: (tick, ref) => on(ref, (arm) => arm.tick(tick)),
    progress: (message, ref) =>
      on(ref, (arm) => {
        arm.busy(message, now())
        arm.watch.busy(message)
      }),
  }
}

function faultHooks(on: On): Pick<Reporter, 'faultInjected' | 'faultProbed' | 'faultReverted'> {
  const tell = (arm: Followed, at: number, what: string, detail = ''): void =>
    happened(arm, { ms: arm.elapsedMs(at), kind: 'fault', who: 'fault', what, detail })
  return {
    faultInjected: ({ fault, at }, ref) =>
      on(ref, (arm) => {
        arm.injected(fault, at)
        tell(arm, at, `${fault} injected`)
      }),
    faultProbed: ({ fault, at, when, bites, said }, ref) =>
      on(ref, (arm) => tell(arm, at, `${fault} ${sightings[when](bites)}`, said)),
    faultReverted: ({ fault, at }, ref) =>
      on(ref, (arm) => {
        arm.reverted(fault, at)
        tell(arm, at, `${fault} reverted`)
      }),
  }
}

/** An action in words, and what was said of it. */
function acted(event: ActionEvent): [string, string?] {
  switch (event.kind) {
    case 'action.done':
      return [`${event.action} done`]
    case 'action.seen':
      return [`${event.action} ${event.seen ? 'seen to work' : 'not seen to work'}`, event.said]
    case 'action.failed':
      return [`${event.action} failed`, event.said]
    case 'action.not-due':
      return [`${event.action} was not due`, event.said]
  }
}

function happened(arm: Followed, happening: Happening): void {
  arm.happened(happening)
  arm.watch.happened(happening)
}

/** An arm's curves stay on the screen, so that the arms can be compared by eye. */
function curvesOf(
  arm: Followed,
  result: ArmResult,
  { output, paint, at }: { output: ReporterOutput; paint: ReturnType<typeof paintFor>; at: number },
): string[] {
  const elapsedMs = arm.elapsedMs(at)
  if (elapsedMs === null) return []
  return chart(arm.progress(), {
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
  })
}
