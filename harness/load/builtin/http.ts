import { Pool } from 'undici'
import type { Http, HttpAnswer } from '../journey.ts'

const defaultTimeoutMs = 5000

/**
 * The users' HTTP client for one entrance: keep-alive connections, as many as there are users waiting. It never throws;
 * a user who gives up closes the connection, as a browser does.
 */
export function usersHttp(base: string): { http: Http; close(): Promise<void> } {
  const pool = new Pool(base, {
    connections: null,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: 0 },
  })
  const http: Http = async (method, path, options = {}) => {
    const giveUp = new AbortController()
    const timer = setTimeout(() => giveUp.abort(), options.timeoutMs ?? defaultTimeoutMs)
    try {
      const { statusCode, headers, body } = await pool.request({
        method,
        path,
        signal: giveUp.signal,
        headers:
          options.json === undefined
            ? (options.headers ?? {})
            : { 'content-type': 'application/json', ...options.headers },
        body: options.json === undefined ? null : JSON.stringify(options.json),
      })
      const text = await body.text()
      return answer(statusCode, headers, text)
    } catch (error) {
      return silence(giveUp.signal.aborted ? 'timed-out' : reason(error))
    } finally {
      clearTimeout(timer)
    }
  }
  return { http, close: () => pool.destroy() }
}

function answer(
  status: number,
  headers: Record<string, string | string[] | undefined>,
  text: string,
): HttpAnswer {
  return {
    status,
    bytes: text.length,
    header(name) {
      const value = headers[name.toLowerCase()]
      return Array.isArray(value) ? value.join(', ') : value
    },
    json<T>() {
      try {
        return JSON.parse(text) as T
      } catch {
        return undefined
      }
    },
  }
}

function silence(error: string): HttpAnswer {
  return { status: 0, error, bytes: 0, header: () => undefined, json: () => undefined }
}

/** Why there was no answer, in a word that both drivers use. */
function reason(error: unknown): string {
  const code = (error as { code?: string }).code ?? (error as { cause?: { code?: string } }).cause?.code ?? ''
  switch (code) {
    case 'ECONNREFUSED':
      return 'refused'
    case 'ECONNRESET':
    case 'UND_ERR_SOCKET':
    case 'EPIPE':
      return 'reset'
    default:
      return code === '' ? 'failed' : code.toLowerCase()
  }
}
