import { z } from 'zod'

/** Where traces are posted. */
export interface Endpoint {
  readonly url: string
  /** Its values may be secrets: no message names them. */
  readonly headers: Readonly<Record<string, string>>
  /** How long one message may take, ms. */
  readonly timeoutMs: number
}

type Env = Readonly<Record<string, string | undefined>>

/** How long one message may take where the environment does not say, ms: OpenTelemetry's default. */
const usualTimeoutMs = 10_000

/**
 * Reads the endpoint from the environment, by the names that OpenTelemetry's exporters have: a variable with `_TRACES_` in
 * its name goes before the one without, and an empty one counts as not set.
 * https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 * @returns no endpoint where none is named, or what is wrong with it
 * @example readEndpoint({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318' }).endpoint!.url // …:4318/v1/traces
 */
export function readEndpoint(env: Env): {
  readonly endpoint?: Endpoint
  readonly problems: readonly string[]
} {
  const named = settingOf(env, 'ENDPOINT')
  if (named === undefined) return { problems: [] }
  const problems: string[] = []
  const url = urlOf(named, problems)
  const headers = headersOf(settingOf(env, 'HEADERS'), problems)
  const timeoutMs = timeoutOf(settingOf(env, 'TIMEOUT'), problems)
  return problems.length > 0 ? { problems } : { endpoint: { url, headers, timeoutMs }, problems }
}

interface Setting {
  readonly name: string
  readonly value: string
  readonly ofTraces: boolean
}

function settingOf(env: Env, what: 'ENDPOINT' | 'HEADERS' | 'TIMEOUT'): Setting | undefined {
  const names = [
    { name: `OTEL_EXPORTER_OTLP_TRACES_${what}`, ofTraces: true },
    { name: `OTEL_EXPORTER_OTLP_${what}`, ofTraces: false },
  ]
  return names.flatMap(({ name, ofTraces }) => {
    const value = env[name]?.trim()
    return value ? [{ name, value, ofTraces }] : []
  })[0]
}

function urlOf({ name, value, ofTraces }: Setting, problems: string[]): string {
  const url = URL.canParse(value) ? new URL(value) : null
  if (url === null || !/^https?:$/.test(url.protocol)) {
    problems.push(`${name} is no URL of OTLP over HTTP: name one such as http://localhost:4318`)
    return ''
  }
  if (url.username !== '' || url.password !== '')
    problems.push(`${name} has a user in it, which is not sent: use OTEL_EXPORTER_OTLP_HEADERS`)
  // The one for traces is taken as it is, the other is where all signals begin.
  if (!ofTraces) url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/traces`
  return url.href
}

/** `api-key=secret,team=counter`; values may be percent-encoded. */
function headersOf(setting: Setting | undefined, problems: string[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const pair of setting?.value.split(',') ?? []) {
    if (pair.trim() === '') continue
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(pair.trim()) ?? []
    try {
      new Headers([[key!.trim(), decodeURIComponent(value!.trim())]])
      headers[key!.trim()] = decodeURIComponent(value!.trim())
    } catch {
      problems.push(`${setting!.name} is to be name=value,name=value, its values percent-encoded`)
    }
  }
  return headers
}

function timeoutOf(setting: Setting | undefined, problems: string[]): number {
  if (setting === undefined) return usualTimeoutMs
  const parsed = z.coerce.number().int().positive().max(600_000).safeParse(setting.value)
  if (parsed.success) return parsed.data
  problems.push(`${setting.name}=${setting.value} is to be a time in ms, at most 600000`)
  return usualTimeoutMs
}
