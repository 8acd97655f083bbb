import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { type Received, received } from './strict.ts'

export interface Collector {
  readonly url: string
  /** What was asked of it, in turn. */
  readonly requests: { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: string }[]
  /** All spans of the messages that it took. */
  spans(): Received[]
}

/**
 * A receiver of OTLP/HTTP on loopback, which takes what is right to the letter and answers 400 to all else.
 * @param answers what it answers instead, to the first request and so on; undefined: as it must
 */
export async function collector(
  ...answers: readonly (((response: ServerResponse) => void) | undefined)[]
): Promise<Collector> {
  const requests: Collector['requests'][number][] = []
  const spans: Received[] = []
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request).catch(() => undefined)
    // Who asked has gone, and with it the request.
    if (body === undefined) return
    const { url: path = '', headers } = request
    requests.push({ path, headers, body })
    const instead = answers[requests.length - 1]
    if (instead !== undefined) return instead(response)
    try {
      if (request.method !== 'POST' || headers['content-type'] !== 'application/json')
        throw new Error('no OTLP/JSON')
      spans.push(...received(body))
      response.setHeader('content-type', 'application/json').end('{"partialSuccess":{}}')
    } catch (error) {
      response.writeHead(400).end(String(error))
    }
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, spans: () => spans }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  return Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>)).toString()
}

/** An answer of that status. */
export function answering(
  status: number,
  body = '',
  headers: Readonly<Record<string, string>> = {},
): (response: ServerResponse) => void {
  return (response) => void response.writeHead(status, headers).end(body)
}
