import http, { type RefinedParams } from 'k6/http'
import type { Http, Journey } from '../../../model/journey.ts'
import { heard, silence } from '../../answers.ts'
import { addressOf, requestOf } from '../../request.ts'
import { tagOf } from '../protocol.ts'

/** The users' HTTP client for one entrance, over k6's own: no cookies, no redirects, and a failed network does not throw. */
export function usersHttp(base: string, journey: Pick<Journey, 'name'>): Http {
  const { scheme, host, basePath } = addressOf(base)
  const params = { redirects: 0, responseType: 'text', tags: { journey: tagOf(journey.name) } } as const
  return async (method, path, options) => {
    const { target, headers, body, timeoutMs } = requestOf(basePath, method, path, options)
    const request: RefinedParams<'text'> = {
      ...params,
      // A jar that nobody is given anything from: a visit is a user of its own, and the built-in driver keeps no cookies.
      jar: new http.CookieJar(),
      timeout: timeoutMs,
      headers,
    }
    try {
      const answer = await http.asyncRequest(method, `${scheme}://${host}${target}`, body ?? null, request)
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
      if (words.includes('malformed HTTP')) return 'not-http'
      // A connection closed before the answer has no code of its own.
      return /\bEOF\b|server closed idle connection|broken pipe/.test(words) ? 'reset' : `k6-${code}`
  }
}
