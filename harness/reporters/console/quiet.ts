import type { ArmRef } from '../../experiment/report.ts'
import type { Reporter, ReporterOutput } from '../reporter.ts'
import { paint as paintFor } from '../terminal/paint.ts'
import { printerTo } from '../terminal/printer.ts'
import { region } from '../terminal/region.ts'
import { effectLines } from './effect-lines.ts'
import { endedLines } from './ended-lines.ts'
import { type Estimate, estimateOf, leftInWords } from './estimate.ts'
import { interruptedLines, runLines, runStartedLines, scenarioLines } from './run-lines.ts'
import {
  beginAct,
  comingUp,
  countVisits,
  estimateOfRun,
  nameOf,
  plannedMs,
  type UnderWay,
  underWayLines,
} from './under-way.ts'

/** Fewest rows of a terminal that leave room for a live view. */
const fewestRows = 8
/** Between two redraws of the live view at the least, ms: a tick comes four times a second of each arm. */
const redrawMs = 150

/**
 * What a person reads who only wants to know how it ended: a line as each arm ends, the checks that are not as they must
 * be, a sentence a scenario. On a terminal the arms under way stand below, redrawn in place, with how long it may take.
 * @param now epoch ms; only moves the clocks of the live lines
 */
export function quietReporter(output: ReporterOutput, now: () => number = Date.now): Reporter {
  const paint = paintFor(output.colour)
  const under = new Map<string, UnderWay>()
  let estimate: Estimate = estimateOf([], 1)
  const { draw, clear } = liveBlock(output, now, (rows) => [
    ...underWayLines(under, { rows: rows - 1, at: now(), paint }),
    paint.dim(leftInWords(estimate, now())),
  ])
  const { print, columns } = printerTo(output, clear)

  const change = (ref: ArmRef, how: (arm: UnderWay) => void): void => {
    const arm = under.get(nameOf(ref))
    if (arm !== undefined) how(arm)
    draw()
  }

  return {
    name: 'console',
    runStarted(run) {
      estimate = estimateOfRun(run)
      print(runStartedLines(run, paint)[0]!, '')
    },
    armStarted({ plan }, ref) {
      under.set(nameOf(ref), comingUp(plan))
      estimate.began(nameOf(ref), plannedMs(plan), now())
      draw()
    },
    armReady: (_, ref) => change(ref, (arm) => void Object.assign(arm, { doing: 'ready' })),
    actStarted: ({ act }, ref) =>
      change(ref, (arm) => {
        estimate.loaded(nameOf(ref), now())
        beginAct(arm, act, now())
      }),
    tick: (tick, ref) => change(ref, (arm) => countVisits(arm, tick)),
    progress: (message, ref) => change(ref, (arm) => void Object.assign(arm, { doing: message, act: null })),
    note(text) {
      print(...text.split('\n'))
    },
    armEnded(result, ref) {
      const plan = under.get(nameOf(ref))?.plan
      under.delete(nameOf(ref))
      estimate.ended(nameOf(ref), now())
      print(...endedLines(result, ref, { plan, columns: columns(), paint }))
      draw()
    },
    scenarioEnded(result) {
      if (result.arms.every(({ ending }) => ending !== 'interrupted'))
        print('', ...scenarioLines(result, paint), ...effectLines(result, paint), '')
    },
    runEnded(result, dir) {
      const again = output.again
      if (result.ending === 'interrupted') print(...interruptedLines(result, dir, paint))
      else print(...runLines(result, dir, { paint, again }))
    },
  }
}

/**
 * A block of lines redrawn in place, where a terminal has room for it; else nothing.
 * @param lines what it shows, in so many rows at the most
 */
function liveBlock(
  output: ReporterOutput,
  now: () => number,
  lines: (rows: number) => readonly string[],
): { draw(): void; clear(): void } {
  if (!output.terminal || output.rows() < fewestRows) return { draw() {}, clear() {} }
  const block = region(output)
  let drawnAt = Number.NEGATIVE_INFINITY
  return {
    draw() {
      if (now() - drawnAt < redrawMs) return
      drawnAt = now()
      // The last row is the cursor's.
      block.draw(lines(output.rows() - 1))
    },
    clear: block.clear,
  }
}
