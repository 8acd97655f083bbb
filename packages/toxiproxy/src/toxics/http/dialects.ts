import type { Head } from './head.ts'
import type { Dialect, Framing } from './message-reader.ts'

const NO_BODY: Framing = { how: 'length', bytes: 0 }

export interface RequestLine {
  readonly method: string
  /** As it was sent, without a query. */
  readonly path: string
}

export function requestLine({ startLine }: Head): RequestLine {
  const [method = '', target = ''] = startLine.split(' ')
  return { method, path: target.replace(/^https?:\/\/[^/]*/i, '').replace(/[?#].*$/s, '') || '/' }
}

export const requests: Dialect = {
  mayBegin: (text) =>
    text.includes('\n')
      ? /^[A-Z]{1,24} [^ \r\n]+ HTTP\/1\.[01]\r\n/.test(text)
      : /^[A-Z]{1,24}( [^ \r\n]*( [HTP/.\d]{0,8}\r?)?)?$/.test(text),
  framing: (head) => bodyOf(head) ?? NO_BODY,
}

/** @param method of the request that the next response answers */
export function responsesTo(method: () => string): Dialect {
  return {
    mayBegin: (text) =>
      text.includes('\n')
        ? /^HTTP\/1\.[01] \d{3}[ \r]/.test(text)
        : 'HTTP/1.'.startsWith(text.slice(0, 'HTTP/1.'.length)),
    framing(head) {
      const status = statusOf(head)
      if (status === 101 || (method() === 'CONNECT' && status >= 200 && status < 300))
        return { how: 'tunnel' }
      if (method() === 'HEAD' || status < 200 || status === 204 || status === 304) return NO_BODY
      return bodyOf(head) ?? { how: 'rest' }
    },
  }
}

export function statusOf({ startLine }: Head): number {
  return Number(startLine.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length))
}

function bodyOf({ headers }: Head): Framing | undefined {
  const coding = headers.get('transfer-encoding')
  if (coding !== undefined) return /(^|,)\s*chunked\s*$/i.test(coding) ? { how: 'chunked' } : { how: 'rest' }
  const length = headers.get('content-length')
  if (length === undefined) return undefined
  // Not a number: nobody can tell where such a message ends.
  return { how: 'length', bytes: /^\d+$/.test(length) ? Number(length) : Number.NaN }
}
