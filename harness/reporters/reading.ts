import { type Arm, isExtra } from '../model/arms.ts'
import type { CheckResult } from '../model/check.ts'
import type { ArmResult, RunResult, Verdict } from '../model/result.ts'

/**
 * What a verdict means in its arm: in the untreated arm a protected check must deviate; everywhere else deviating is
 * wrong.
 */
export interface Reading {
  readonly meaning: 'wanted' | 'unwanted' | 'undecided' | 'not-asked'
  /** Begins with the verdict's own word. */
  readonly words: string
}

const marks: Readonly<Record<Reading['meaning'], string>> = {
  wanted: '✓',
  unwanted: '✗',
  undecided: '?',
  'not-asked': '–',
}

/** The sign before a reading's words: no colour is needed to tell it. */
export function mark({ meaning }: Pick<Reading, 'meaning'>): string {
  return marks[meaning]
}

/** What a check's verdict means in its arm. */
export function readCheck(arm: Arm, check: Pick<CheckResult, 'role' | 'verdict'>): Reading {
  switch (check.verdict) {
    case 'not-applicable':
      return { meaning: 'not-asked', words: 'not-applicable' }
    case 'inconclusive':
      return { meaning: 'undecided', words: 'inconclusive' }
    case 'holds':
      return mustDeviate(arm, check)
        ? { meaning: 'unwanted', words: 'holds, but must deviate' }
        : { meaning: 'wanted', words: 'holds' }
    case 'deviates':
      if (isExtra(arm) && check.role !== 'guard') return { meaning: 'wanted', words: 'deviates' }
      return mustDeviate(arm, check)
        ? { meaning: 'wanted', words: 'deviates, as it must' }
        : { meaning: 'unwanted', words: 'deviates' }
  }
}

/** A service level must deviate where the measures are off, else it shows nothing. */
export function mustDeviate(arm: Arm, check: Pick<CheckResult, 'role'>): boolean {
  return arm === 'untreated' && check.role === 'protected'
}

/** What an arm's verdict means, or that it did not finish. */
export function readArm(result: Pick<ArmResult, 'expected' | 'verdict' | 'ending' | 'checks'>): Reading {
  if (result.ending !== 'finished') return { meaning: 'undecided', words: result.ending }
  if (result.verdict === 'inconclusive') return { meaning: 'undecided', words: 'inconclusive' }
  if (result.expected === null) return { meaning: 'wanted', words: result.verdict }
  if (result.expected === 'holds')
    return { meaning: result.verdict === 'holds' ? 'wanted' : 'unwanted', words: result.verdict }
  if (result.verdict === 'holds') return { meaning: 'unwanted', words: 'holds, but must deviate' }
  const guardBroke = result.checks.some((check) => check.role === 'guard' && check.verdict === 'deviates')
  return guardBroke
    ? { meaning: 'unwanted', words: 'deviates, and a guard with it' }
    : { meaning: 'wanted', words: 'deviates, as it must' }
}

/** A reading in words behind its sign. */
export function signed(reading: Reading): string {
  return `${mark(reading)} ${reading.words}`
}

/** What a run came to: its verdict, or that it was not finished. */
export function readRun({ ending, verdict }: Pick<RunResult, 'ending' | 'verdict'>): Reading {
  switch (ending) {
    case 'interrupted':
      return { meaning: 'undecided', words: 'interrupted: what was seen until then is kept' }
    case 'failed':
      return { meaning: 'unwanted', words: 'the harness failed' }
    case 'finished':
      return readVerdict(verdict)
  }
}

/** What a scenario's or a run's verdict means. */
export function readVerdict(verdict: Verdict): Reading {
  const meaning =
    verdict === 'holds' ? 'wanted' : verdict === 'inconclusive' ? 'undecided' : ('unwanted' as const)
  return { meaning, words: verdict }
}
