import { z } from 'zod'
import type { CheckSpec } from '../model/check.ts'
import type { Journey } from '../model/journey.ts'
import { type Duration, durationMs, type Rate, ratePerSecond } from '../model/units.ts'

/** A journey, or its name. */
export type JourneyRef = Pick<Journey, 'name' | 'title'> | string

export function journeyName(journey: JourneyRef): string {
  return typeof journey === 'string' ? journey : journey.name
}

export function journeyTitle(journey: JourneyRef): string {
  return typeof journey === 'string' ? journey : journey.title
}

/** One or several, as a list. */
export function listOf<T extends string | object>(oneOrMore: T | readonly T[]): readonly T[] {
  return (Array.isArray as (value: unknown) => value is readonly T[])(oneOrMore) ? oneOrMore : [oneOrMore]
}

/**
 * A duration in ms. What is none stays as it was written: builders never throw, so that a plan can name all its
 * problems at once ({@link problemsOf}).
 */
export function asMs(value: Duration): number {
  return parsed(value, durationMs)
}

/** A rate per second; what is none stays as it was written, as in {@link asMs}. */
export function asPerSecond(value: Rate): number {
  return parsed(value, ratePerSecond)
}

function parsed<T>(value: T, parse: (value: T) => number): number {
  try {
    return parse(value)
  } catch {
    return value as number
  }
}

/** Problems of a spec's parameters and of what every spec needs, in words. */
export function problemsOf(schema: z.ZodType, spec: CheckSpec): string[] {
  const problems = (schema.safeParse(spec.params).error?.issues ?? []).map((issue) =>
    [issue.path.join('.'), issue.message].filter(Boolean).join(' '),
  )
  if (spec.title.trim() === '') problems.push('title must not be empty')
  if (spec.source.trim() === '')
    problems.push("source must say where the threshold comes from: a fact id, or '† ours'")
  if (spec.role === 'mechanism' && spec.where?.measure === undefined)
    problems.push('a mechanism must name the measure whose doing it is')
  // A guard is trusted once a sabotage of what it guards has been seen to break it.
  if (spec.role === 'guard' && (spec.sabotages ?? []).length === 0)
    problems.push('sabotages must name at least one sabotage that breaks this guard')
  return problems.map((problem) => `check '${spec.title}': ${problem}`)
}

/** The parameters of a spec that has no {@link problemsOf}. @throws ZodError where it has. */
export function paramsOf<S extends z.ZodType>(schema: S, spec: CheckSpec): z.output<S> {
  return schema.parse(spec.params)
}

/** Where the name of a system event, a journey, an outcome is due. */
export const nameParam = custom<string>('a name', (value) => typeof value === 'string' && value.trim() !== '')

export const namesParam = custom<readonly string[]>(
  'one name or more',
  (value) =>
    Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === 'string' && name),
)

/** A share that a sample can show: no sample, however large, shows all or nothing. */
export const shareParam = numberParam(
  'a share above 0 and below 1 (no sample can show 1: count with everyone() or never())',
  (value) => value > 0 && value < 1,
)

/** A share that is counted, not estimated. */
export const countedShareParam = numberParam('a share above 0, at most 1', (value) => value > 0 && value <= 1)

export const durationParam = numberParam('a duration such as 250ms, 8s or 2m', (value) => value >= 0)

export const someDurationParam = numberParam(
  'a duration above 0, such as 250ms, 8s or 2m',
  (value) => value > 0,
)

export const rateParam = numberParam('a rate above 0, such as 40/s or 600/m', (value) => value > 0)

export const countParam = numberParam(
  'a whole number, 1 or more',
  (value) => Number.isSafeInteger(value) && value >= 1,
)

/** A minimum by name of an outcome. */
export const countsParam = custom<Readonly<Record<string, number>>>(
  'a whole number, 1 or more, for each outcome',
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).length > 0 &&
    Object.values(value).every((count) => Number.isSafeInteger(count) && (count as number) >= 1),
)

function numberParam(what: string, good: (value: number) => boolean): z.ZodType<number> {
  return custom(what, (value) => typeof value === 'number' && Number.isFinite(value) && good(value))
}

export function custom<T>(what: string, good: (value: unknown) => unknown): z.ZodType<T> {
  return z.custom<T>((value) => Boolean(good(value)), {
    error: ({ input }) => `must be ${what}, not ${input === undefined ? 'left out' : JSON.stringify(input)}`,
  })
}
