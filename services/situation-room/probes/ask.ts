import { request } from '../../common/node-http.ts'

export interface Answer {
  readonly status: number
  readonly body: string
}

/** No probe needs a longer answer, in bytes. */
const longestAnswer = 64 * 1024

/**
 * One HTTP request over a connection of its own: a pooled one would hide that new connections fail, and keep
 * failing after they work again.
 * @throws when there is no answer before the signal aborts
 */
export function ask(
  url: string,
  options: {
    readonly method: 'GET' | 'POST'
    readonly body?: unknown
    readonly headers?: Readonly<Record<string, string>>
    readonly signal: AbortSignal
  },
): Promise<Answer> {
  const body = options.body === undefined ? '' : JSON.stringify(options.body)
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      ...options.headers,
    }
    const { method, signal } = options
    const sent = request(url, { method, agent: false, headers, signal }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
        if (text.length > longestAnswer) response.destroy(new Error('the answer is too long'))
      })
      response.once('error', reject)
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body: text }))
    })
    sent.once('error', (error) => reject(signal.aborted ? new Error('no answer in time') : error))
    sent.end(body)
  })
}
