/** Traces of visits: W3C Trace Context, version 00 (https://www.w3.org/TR/trace-context/). Runs within k6 too. */
import type { Http } from '../model/journey.ts'
import { seeded } from './random.ts'

/**
 * The trace of a visit, 32 hexadecimal digits: alike in every arm, so that a visit is found beside its counterparts.
 * @example traceIdOf('2023-11-17', 'official-issues-certificate/0', 74)
 */
export function traceIdOf(seed: string, stream: string, n: number): string {
  const random = seeded(`${seed}/${stream}/${n}/trace`)
  const words = Array.from({ length: 4 }, () => Math.floor(random() * 2 ** 32))
  // All zeros is no trace.
  words[3] = words[3]! | 1
  return words.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
}

/** Puts the visit's trace on each request that goes out by the clients given, unless the journey sends one of its own. */
export function tracing(traceId: () => string): (http: Http) => Http {
  let id: string | undefined
  let requests = 0
  return (http) => (method, path, options) => {
    id ??= traceId()
    requests += 1
    const traceparent = `00-${id}-${requests.toString(16).padStart(16, '0')}-01`
    return http(method, path, { ...options, headers: { traceparent, ...options?.headers } })
  }
}
