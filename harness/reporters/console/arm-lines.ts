import type { CheckResult } from '../../model/check.ts'
import type { ArmResult, FaultEvidence } from '../../model/result.ts'
import { formatMs } from '../../model/units.ts'
import { count } from '../../model/words.ts'
import { evidenceInWords, lengthOf, seenInWords } from '../figures.ts'
import { type Reading, readArm, readCheck, signed } from '../reading.ts'
import { oneLine } from '../terminal/one-line.ts'
import type { Paint } from '../terminal/paint.ts'
import { pad, widthOf, wrap } from '../terminal/width.ts'

/** A reading in words behind its mark; the colour says nothing that they do not. */
export function marked(reading: Reading, paint: Paint): string {
  return paintOf(reading, paint)(signed(reading))
}

function paintOf(reading: Reading, paint: Paint): (text: string) => string {
  switch (reading.meaning) {
    case 'wanted':
      return paint.green
    case 'unwanted':
      return paint.red
    case 'undecided':
      return paint.yellow
    case 'not-asked':
      return paint.dim
  }
}

/**
 * An arm's verdict, the evidence for the arm itself, and a line for each check; two where `columns` are too few.
 * @param name how the arm is called here: by its scenario too, where arms of several end one after the other
 */
export function armLines(result: ArmResult, name: string, columns: number, paint: Paint): string[] {
  const reading = readArm(result)
  return [
    `  ${paint.bold(oneLine(name))}  ${marked(reading, paint)}${said(result, reading)}  ${paint.dim(lengthOf(result.tookMs))}`,
    ...voids(result).map((reason) => `    ${paint.yellow('void:')} ${oneLine(reason)}`),
    ...failures(result).map((line) => paint.dim(`    ${line}`)),
    ...evidence(result).map((line) => paint.dim(`    ${line}`)),
    ...checkLines({ ...result, checks: decided(result) }, columns, paint),
  ]
}

/** The checks worth a line: of an arm that broke off none was decided, and its error says why; but what broke did. */
function decided({ ending, arm, checks }: ArmResult): readonly CheckResult[] {
  return ending === 'finished'
    ? checks
    : checks.filter((check) => readCheck(arm, check).meaning === 'unwanted')
}

/** The judge's sentence, where the verdict is not the wanted one and the lines below do not say why. */
function said(result: ArmResult, reading: Reading): string {
  return reading.meaning === 'wanted' || voids(result).length > 0 ? '' : `: ${oneLine(result.said)}`
}

/** What voids the arm, its error among it. */
function voids({ voids, error }: ArmResult): readonly string[] {
  const said = voids.map((one) => one.said)
  return error === undefined || said.some((reason) => reason.includes(error)) ? said : [error, ...said]
}

function failures(result: ArmResult): string[] {
  return Object.entries(result.journeys).flatMap(([journey, { failures }]) => {
    const most = Object.entries(failures)
      .filter(([, n]) => n > 0)
      .sort(([, a], [, b]) => b - a)
    if (most.length === 0) return []
    const shown = most.slice(0, 4).map(([outcome, n]) => `${oneLine(outcome)} ${n}`)
    const rest = most.length > 4 ? `, ${most.length - 4} more` : ''
    return [`${oneLine(journey)} failed: ${shown.join(', ')}${rest}`]
  })
}

function evidence(result: ArmResult): string[] {
  const { faults, generator } = result
  const named = (said: string, some: readonly FaultEvidence[]): string[] =>
    some.length === 0 ? [] : [`${said}: ${some.map(({ fault }) => oneLine(fault)).join(', ')}`]
  const injected = faults.filter((fault) => fault.injectedAtMs !== null)
  const bit = injected.filter((fault) => fault.bit)
  const parts = [
    ...(bit.length === 0 ? [] : [`seen to bite: ${bit.map(seen).join(', ')}`]),
    ...named(
      'not seen to bite',
      injected.filter(({ bit }) => !bit),
    ),
    ...named(
      'not injected',
      faults.filter((fault) => fault.injectedAtMs === null),
    ),
    ...named(
      'not reverted',
      injected.filter((fault) => fault.revertedAtMs === null),
    ),
  ]
  if (generator !== null) {
    const dropped = generator.dropped === 0 ? '' : `, ${generator.dropped} dropped`
    const late = formatMs(generator.lagP99Ms)
    parts.push(
      `${generator.started} of ${count(generator.due, 'arrival')} started${dropped}, p99 ${late} late`,
    )
  }
  return parts.length === 0 ? [] : [`evidence: ${parts.join(' · ')}`]
}

function seen(fault: FaultEvidence): string {
  return oneLine(`${fault.fault} (${seenInWords(fault)})`)
}

function checkLines(result: ArmResult, columns: number, paint: Paint): string[] {
  const readings = result.checks.map((check) => readCheck(result.arm, check))
  const wordsWidth = Math.max(0, ...readings.map(({ words }) => words.length + 2))
  const titles = result.checks.map((check) => oneLine(check.check))
  const titleWidth = Math.min(64, Math.max(0, ...titles.map(widthOf)))
  const under = ' '.repeat(4 + wordsWidth + 2)
  return result.checks.flatMap((check, i) => {
    const reading = readings[i]!
    const verdict = `    ${pad(marked(reading, paint), wordsWidth)}  `
    const title = titles[i]! + ' '.repeat(Math.max(0, titleWidth - widthOf(titles[i]!)))
    const why = reasonOf(check, reading)
    return under.length + widthOf(title) + 2 + widthOf(why) <= columns
      ? [`${verdict}${title}  ${paint.dim(why)}`]
      : [verdict + titles[i]!, ...wrap(why, columns - under.length).map((line) => under + paint.dim(line))]
  })
}

/** The figures where all is well, else the judge's sentence, which has them too. */
function reasonOf(check: CheckResult, { meaning }: Reading): string {
  return oneLine(meaning === 'wanted' ? evidenceInWords(check) : check.said)
}
