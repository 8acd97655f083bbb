import type { Reply } from './http/exchange.ts'
import { defineHttpToxic, MATCH, type MeantRequest } from './http/http-toxic.ts'

const { STATUS_CODES } = process.getBuiltinModule('node:http')

/**
 * Answers requests with `status` and `body`: on the stream `upstream` the server never sees them, on `downstream` it
 * does its work and its response is replaced. Of the requests that `path` and `method` mean, the first `after` pass,
 * the `count` that follow fail (0: all), and the rest pass.
 */
export const httpError = defineHttpToxic({
  type: 'http_error',
  attributes: { status: 'integer', body: 'string', ...MATCH, after: 'integer', count: 'integer' },
  defaults: { status: 503 },
  refuse: ({ status }) =>
    status >= 200 && status <= 599 ? undefined : `status ${status} is not from 200 to 599`,

  judge(request, { status, body, after, count }, { stream }) {
    const failing = request.ordinal >= after && (count === 0 || request.ordinal < after + count)
    if (!failing) return { how: 'pass' }
    return { how: stream === 'upstream' ? 'answer' : 'replace', reply: replyTo(request, status, body) }
  },
})

function replyTo({ method, head }: MeantRequest, status: number, body: string): Reply {
  const closes =
    /\bclose\b/i.test(head.headers.get('connection') ?? '') ||
    head.headers.has('expect') ||
    head.startLine.endsWith('HTTP/1.0')
  const content = Buffer.from(body)
  const text = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${content.length}`,
    ...(closes ? ['Connection: close'] : []),
    '\r\n',
  ].join('\r\n')
  // Of these the body is never sent, whatever their head says.
  const bare = method === 'HEAD' || status === 204 || status === 304
  return { bytes: bare ? Buffer.from(text) : Buffer.concat([Buffer.from(text), content]), closes }
}
