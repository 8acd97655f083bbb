import { z } from 'zod'
import { type ActiveMeasures, type Measures, readMeasures } from '../measures/measure.ts'
import { isSabotageName, type SabotageName, sabotageNames } from './sabotage.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** All that is wrong with a service's environment, one sentence per problem. `main` turns it into exit 4. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
  readonly problems: readonly string[]

  constructor(service: string, problems: readonly string[]) {
    super(
      `${service}: the configuration is not valid\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
    )
    this.problems = problems
  }
}

/** A whole number written in digits; empty text is not zero. */
export function integer(min: number, max: number) {
  return z
    .string()
    .regex(/^\d+$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be a whole number from ${min} to ${max}`)
}

/** The URL of the other end of a link, without a trailing slash. */
export const linkUrl = z
  .url({
    protocol: /^https?$/,
    error: 'must be the URL of the other end of the link, like http://127.0.0.1:41234',
  })
  .transform((url) => url.replace(/\/+$/, ''))

export const databaseUrl = z.url({
  protocol: /^postgres(ql)?$/,
  error: 'must be the URL of a PostgreSQL database, like postgres://user:password@127.0.0.1:5432/name',
})

const sabotage = z
  .string()
  .default('')
  .transform((text, context): SabotageName[] => {
    const names = text
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '')
    for (const name of names) {
      if (!isSabotageName(name)) {
        context.addIssue(`there is no sabotage '${name}'; known are ${sabotageNames.join(', ')}`)
      }
    }
    return names.filter(isSabotageName)
  })

/** A secret of the mock network. */
export const mockHealthToken = 'mock-network-only-health'

const base = {
  HOST: z.string().default('127.0.0.1'),
  /** 0 lets the system choose. */
  PORT: integer(0, 65_535),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  SEED: z.string().min(1).default('1'),
  /** How long a downstream call waits without the measure `deadlines`, in ms: long, as it was in 2023. */
  CLIENT_TIMEOUT_MS: integer(1, 3_600_000).default(30_000),
  SABOTAGE: sabotage,
  /** What whoever asks for deep health shows, of this service and of those that it asks itself. */
  HEALTH_TOKEN: z.string().min(8).default(mockHealthToken),
}

type Shape = Record<string, z.ZodType>
type Base = z.output<z.ZodObject<typeof base>>

/** What every service has; a service's own settings stand beside it under their variables' names. */
export type BaseConfig = Base & { readonly SERVICE_NAME: string }

export type Config<S extends Shape, M extends Measures> = BaseConfig &
  z.output<z.ZodObject<S>> & { readonly measures: ActiveMeasures<M> }

/**
 * Reads a service's settings from its environment.
 * @throws ConfigurationError with every problem at once
 */
export function readConfig<const S extends Shape, const M extends Measures>(
  service: string,
  env: Environment,
  shape: S,
  measures: M,
): Config<S, M> {
  const name = env.SERVICE_NAME ?? service
  const parsed = z.object({ ...base, ...shape }).safeParse(env)
  const read = readMeasures(env, measures)
  const problems = [...read.problems]
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const variable = issue.path.join('.')
      problems.unshift(
        env[String(issue.path[0])] === undefined
          ? `${variable}: is required (${issue.message})`
          : `${variable}: ${issue.message}, but it is '${env[String(issue.path[0])]}'`,
      )
    }
  }
  if (!parsed.success || problems.length > 0) throw new ConfigurationError(name, problems)
  return { ...parsed.data, SERVICE_NAME: name, measures: read.active } as unknown as Config<S, M>
}
