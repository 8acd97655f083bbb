import http, { type RefinedParams } from 'k6/http'
import type { Http, Journey } from '../../../model/journey.ts'
import { defaultTimeoutMs, heard, silence } from '../../answers.ts'

/** The users' HTTP client for one entrance, over k6's own: no cookies, no redirects, and it never throws. */
export function usersHttp(base: string, journey: Pick<Journey, 'name'>): Http {
  // A jar that nobody is given anything from: a visit is a user of its own, and the built-in driver keeps no cookies.
  const params = { redirects: 0, responseType: 'text', tags: { journey: journey.name } } as const
  return async (method, path, options = {}) => {
    const json = options.json === undefined ? null : JSON.stringify(options.json)
    const request: RefinedParams<'text'> = {
      ...params,
      jar: new http.CookieJar(),
      timeout: options.timeoutMs ?? defaultTimeoutMs,
      headers:
        json === null ? { ...options.headers } : { 'content-type': 'application/json', ...options.headers },
    }
    try {
      const answer = await http.asyncRequest(method, base + path, json, request)
      if (answer.status === 0) return silence(reason(answer.error_code, answer.error))
      return heard(answer.status, answer.body ?? '', (wanted) => {
        const name = Object.keys(answer.headers).find((one) => one.toLowerCase() === wanted)
        return name === undefined ? undefined : answer.headers[name]
      })
    } catch (error) {
      return silence(reason(0, String(error)))
    }
  }
}

/** Why there was no answer, in a word that both drivers use. Codes: k6's lib/netext/httpext/error_codes.go. */
function reason(code: number, words: string): string {
  switch (code) {
    case 1050:
    case 1211:
      return 'timed-out'
    case 1212:
      return 'refused'
    case 1201:
    case 1220:
      return 'reset'
    default:
      // A connection closed before the answer has no code of its own.
      return /\bEOF\b|server closed idle connection|broken pipe/.test(words) ? 'reset' : `k6-${code}`
  }
}
