import type { z } from 'zod'

/** Every measure of the network. A variable MEASURE_… of any other name is a configuration error. */
export const measureNames = [
  'deadlines',
  'circuit-breaker',
  'password-fallback',
  'manual-intake',
  'retroactive-entry',
  'load-shedding',
  'standby-l4',
  'per-source-quota',
  'deadline-extension',
  'situation-room',
  'segment-tests',
  'session-admission',
  'check-before-issue',
  'portal-first',
  'alternative-site',
  'verified-exchange',
  'temporary-issuance',
] as const

export type MeasureName = (typeof measureNames)[number]

/** A resilience mechanism that configuration switches on; off unless its variable is set. */
export interface Measure<Parameters extends z.ZodType = z.ZodType> {
  readonly name: MeasureName
  /** One line for people: what it does and against what. */
  readonly title: string
  /** Every parameter has a default, so that `{}` is always valid. */
  readonly parameters: Parameters
}

/** The measures one service knows, by the property they are read from: `{ deadlines, circuitBreaker }`. */
export type Measures = Readonly<Record<string, Measure>>

/** What configuration switched on: the parameters of each measure, or undefined where it is off. */
export type ActiveMeasures<M extends Measures> = {
  readonly [K in keyof M]: z.output<M[K]['parameters']> | undefined
}

/** The environment variable that switches a measure on; its value is the JSON of the parameters. */
export function measureVariable(name: MeasureName): string {
  return `MEASURE_${name.toUpperCase().replaceAll('-', '_')}`
}

export type MeasuresRead<M extends Measures> = {
  readonly active: ActiveMeasures<M>
  /** One sentence per problem, each beginning with the variable it is about. */
  readonly problems: readonly string[]
}

/** Reads every measure a service knows; a known measure of other services is allowed and ignored. */
export function readMeasures<M extends Measures>(
  env: Readonly<Record<string, string | undefined>>,
  measures: M,
): MeasuresRead<M> {
  const problems: string[] = []
  const known = new Set(measureNames.map(measureVariable))
  for (const variable of Object.keys(env)) {
    if (variable.startsWith('MEASURE_') && !known.has(variable)) {
      problems.push(`${variable}: there is no such measure; known are ${[...known].join(', ')}`)
    }
  }
  const active: Record<string, unknown> = {}
  for (const [property, measure] of Object.entries(measures)) {
    const variable = measureVariable(measure.name)
    const text = env[variable]
    if (text === undefined) continue
    const parsed = parseJson(text)
    if (!parsed.ok) {
      problems.push(`${variable}: not JSON (${parsed.reason}); write {} for the defaults`)
      continue
    }
    const checked = measure.parameters.safeParse(parsed.value)
    if (checked.success) active[property] = checked.data
    else {
      for (const issue of checked.error.issues) {
        problems.push(`${[variable, ...issue.path].join('.')}: ${issue.message}`)
      }
    }
  }
  return { active: active as ActiveMeasures<M>, problems }
}

function parseJson(text: string): { ok: true; value: unknown } | { ok: false; reason: string } {
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch (error) {
    return { ok: false, reason: (error as Error).message }
  }
}
