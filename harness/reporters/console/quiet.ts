import type { ArmRef } from '../../experiment/report.ts'
import { type PhaseName, phaseNames } from '../../model/acts.ts'
import type { LiveTick } from '../../model/load.ts'
import type { Plan } from '../../model/plan.ts'
import type { ArmResult } from '../../model/result.ts'
import { formatMs } from '../../model/units.ts'
import { lengthOf } from '../figures.ts'
import { readArm, readCheck } from '../reading.ts'
import type { Reporter, ReporterOutput } from '../reporter.ts'
import { oneLine } from '../terminal/one-line.ts'
import { paint as paintFor } from '../terminal/paint.ts'
import { region } from '../terminal/region.ts'
import { hang, pad } from '../terminal/width.ts'
import { armLines, marked } from './arm-lines.ts'
import { effectLines } from './effect-lines.ts'
import { interruptedLines, runLines, runStartedLines, scenarioLines } from './run-lines.ts'

/** What is known of an arm that is under way. */
interface Under {
  readonly plan: Plan
  readonly since: number
  doing: string
  phase: { name: PhaseName; at: number } | null
  ok: number
  failed: number
}

/** Fewest rows of a terminal that leave room for a live view. */
const fewestRows = 8

/**
 * What a person reads who only wants to know how it ended: a line as each arm ends, the checks that are not as they must
 * be, a sentence a scenario. On a terminal the arms under way are a line each, redrawn in place.
 * @param now epoch ms; only moves the clocks of the live lines
 */
export function quietReporter(output: ReporterOutput, now: () => number = Date.now): Reporter {
  const paint = paintFor(output.colour)
  const block = output.terminal && output.rows() >= fewestRows ? region(output) : null
  const under = new Map<string, Under>()
  const keyOf = ({ scenario, arm }: ArmRef): string => `${scenario} ${arm}`
  let left = 0
  let parallel = 1
  let drawnAt = 0

  const print = (...lines: string[]): void => {
    block?.clear()
    const columns = output.terminal ? output.columns() - 1 : Number.POSITIVE_INFINITY
    output.write(lines.map((line) => `${hang(line, columns).join('\n')}\n`).join(''))
  }

  function draw(): void {
    if (block === null || now() - drawnAt < 150) return
    drawnAt = now()
    const rest = [...under.values()]
    const restMs = Math.max(0, ...rest.map((arm) => arm.since + armMs(arm.plan) - now()))
    const waiting = Math.max(0, left - rest.length)
    const estimateMs =
      restMs + Math.ceil(waiting / parallel) * Math.max(0, ...rest.map(({ plan }) => armMs(plan)))
    block.draw([
      ...[...under].map(([name, arm]) => liveLine(name, arm, now())),
      paint.dim(`${left} arms to go, about ${lengthOf(estimateMs)}`),
    ])
  }

  const change = (ref: ArmRef, how: (arm: Under) => void): void => {
    const arm = under.get(keyOf(ref))
    if (arm !== undefined) how(arm)
    draw()
  }

  return {
    name: 'console',
    runStarted(run) {
      left = run.arms.flat().length
      parallel = run.parallel
      print(runStartedLines(run, paint)[0]!, '')
    },
    armStarted({ plan }, ref) {
      under.set(keyOf(ref), { plan, since: now(), doing: 'coming up', phase: null, ok: 0, failed: 0 })
      draw()
    },
    armReady: (_, ref) => change(ref, (arm) => void Object.assign(arm, { doing: 'ready' })),
    phaseStarted: ({ phase }, ref) =>
      change(ref, (arm) => void Object.assign(arm, { phase: { name: phase, at: now() }, ok: 0, failed: 0 })),
    tick: (tick, ref) => change(ref, (arm) => count(arm, tick)),
    progress: (message, ref) =>
      change(ref, (arm) => void Object.assign(arm, { doing: message, phase: null })),
    note(text) {
      print(...text.split('\n'))
    },
    armEnded(result, ref) {
      under.delete(keyOf(ref))
      left--
      print(...endedLines(result, ref, output, paint))
      draw()
    },
    scenarioEnded(result) {
      if (result.arms.every(({ ending }) => ending === 'finished'))
        print('', ...scenarioLines(result, paint), ...effectLines(result, paint), '')
    },
    runEnded(result, dir) {
      if (result.ending === 'interrupted') print(...interruptedLines(result, dir, paint))
      else print(...runLines(result, dir, paint))
    },
  }
}

function armMs({ phasesMs }: Plan): number {
  return phaseNames.reduce((sum, phase) => sum + phasesMs[phase], 0) + 4000
}

function count(arm: Under, { journeys }: LiveTick): void {
  for (const { ok, failed } of Object.values(journeys)) {
    arm.ok += ok
    arm.failed += failed
  }
}

function liveLine(name: string, arm: Under, at: number): string {
  const { phase, plan, ok, failed } = arm
  const visits = ok + failed
  const doing =
    phase === null
      ? arm.doing
      : `${phase.name} ${formatMs(Math.max(0, Math.round((at - phase.at) / 100) * 100))} of ${formatMs(plan.phasesMs[phase.name])}`
  const success =
    phase === null || visits === 0 ? '' : `  ${Math.round((ok / visits) * 100)} % of ${visits} served`
  return `  ${pad(name, 44)} ${doing}${success}`
}

/** One line for an arm that is as it must be; else what is missing, and the checks that are not. */
function endedLines(
  result: ArmResult,
  { scenario }: ArmRef,
  output: ReporterOutput,
  paint: ReturnType<typeof paintFor>,
): string[] {
  if (result.ending === 'interrupted') return []
  const reading = readArm(result)
  const again = result.retries.map((why) => paint.dim(`    run again: ${oneLine(why)}`))
  if (reading.meaning === 'wanted')
    return [
      `  ${pad(`${oneLine(scenario)} ${result.arm}`, 44)} ${marked(reading, paint)}  ${paint.dim(lengthOf(result.tookMs))}`,
      ...again,
    ]
  const checks = result.checks.filter((check) =>
    ['unwanted', 'undecided'].includes(readCheck(result.arm, check).meaning),
  )
  const columns = output.terminal ? output.columns() - 1 : Number.POSITIVE_INFINITY
  return [`  ${oneLine(scenario)}`, ...armLines({ ...result, checks }, columns, paint), ...again]
}
