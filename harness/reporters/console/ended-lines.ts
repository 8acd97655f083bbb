import type { ArmRef } from '../../experiment/report.ts'
import { isServiceLevel } from '../../model/check.ts'
import type { Plan } from '../../model/plan.ts'
import type { ArmResult } from '../../model/result.ts'
import { lengthOf } from '../figures.ts'
import { inOrderOf, journeyWords } from '../journey-words.ts'
import { readArm, readCheck } from '../reading.ts'
import { oneLine } from '../terminal/one-line.ts'
import type { Paint } from '../terminal/paint.ts'
import { pad, widthOf } from '../terminal/width.ts'
import { armLines, marked } from './arm-lines.ts'
import { nameColumns } from './under-way.ts'

/** Columns of a verdict's words where it is as it must be, so that the figures behind them stand in a column. */
const verdictColumns = 22
/** Of an arm of less than a minute; a longer one takes what it needs. */
const tookColumns = 7

/**
 * One line with figures for an arm that is as it must be; else what is missing, and the checks that are not as they
 * must be. Nothing of one that was interrupted: what was not run through says nothing.
 */
export function endedLines(
  result: ArmResult,
  { scenario }: ArmRef,
  options: { readonly plan: Plan | undefined; readonly columns: number; readonly paint: Paint },
): string[] {
  const { plan, columns, paint } = options
  if (result.ending === 'interrupted') return []
  const reading = readArm(result)
  const again = result.retries.map((why) => paint.dim(`    repeated: ${oneLine(why)}`))
  if (reading.meaning === 'wanted') {
    const head = `  ${pad(oneLine(`${scenario} ${result.arm}`), nameColumns)} ${pad(marked(reading, paint), verdictColumns)}`
    const line = `${head}  ${lengthOf(result.tookMs).padStart(tookColumns)}`
    const figures = paint.dim(figuresOf(result, plan))
    return widthOf(`${line}  ${figures}`) <= columns
      ? [`${line}  ${figures}`.trimEnd(), ...again]
      : [line, `      ${figures}`, ...again]
  }
  const checks = result.checks.filter((check) =>
    ['unwanted', 'undecided'].includes(readCheck(result.arm, check).meaning),
  )
  return [...armLines({ ...result, checks }, `${scenario} ${result.arm}`, columns, paint), ...again]
}

/** `officials 368 of 368 served, visitors 161 of 161 served`: of the journeys that service levels speak of. */
function figuresOf({ journeys }: ArmResult, plan: Plan | undefined): string {
  const spokenOf = new Set(
    plan?.checks.filter(isServiceLevel).flatMap((check) => check.journeys) ?? Object.keys(journeys),
  )
  return inOrderOf(plan, Object.keys(journeys))
    .filter((journey) => spokenOf.has(journey))
    .map((journey) => {
      const { ok, arrivals } = journeys[journey]!
      const { users, successIs } = journeyWords(plan, journey)
      return oneLine(`${users} ${ok} of ${arrivals} ${successIs}`)
    })
    .join(', ')
}
