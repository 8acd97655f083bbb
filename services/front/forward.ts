import type { Agent, IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'
import type { RequestHandler, Response } from 'express'
import { frontTokenHeader } from '../common/front-token.ts'
import { request as ask } from '../common/node-http.ts'
import { Problem, sendProblem } from '../common/problem.ts'
import type { Sabotaged } from '../common/sabotage.ts'

/** Of one connection, not of the message (RFC 9110, 7.6.1). */
const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

/** What a client might say of where it comes from, and the proof of who may. */
const saidByClients = ['x-forwarded-for', 'x-real-ip', 'forwarded', frontTokenHeader]

/**
 * Passes a request on as it is, bodies as they come, and its answer back; it tries once. Whatever the client says of its
 * address is dropped, and the address that the hop sees is written instead: the line that the request came by, and the
 * other end of its connection. All of this mock's users come from this machine, or from the containers' bridge, so it is
 * the line that tells them apart: who is in an office comes by another than whoever is not.
 */
export function forward(options: {
  readonly segment: string
  /** The URL of the other end, without a trailing slash. */
  readonly to: string
  readonly token: string
  readonly agent: Agent
  readonly sabotaged: Sabotaged
}): RequestHandler {
  const { segment, to, token, agent, sabotaged } = options

  function headersOf(request: IncomingMessage): Record<string, string | string[]> {
    const headers = without(request.headers, [...hopByHop, ...saidByClients])
    const said = request.headers['x-forwarded-for']
    const seen = `${segment}/${request.socket.remoteAddress ?? 'unknown'}`
    headers['x-forwarded-for'] = sabotaged('trusts-client-address') && said !== undefined ? `${said}` : seen
    headers[frontTokenHeader] = token
    return headers
  }

  return (request, response) => {
    const asked = ask(`${to}${request.originalUrl}`, {
      method: request.method,
      headers: headersOf(request),
      agent,
    })
    // Who has left waits for nothing: the other end sees it as if there were no hop between.
    response.once('close', () => {
      if (!response.writableFinished) asked.destroy()
    })
    asked.once('response', (answer) => passBack(answer, response))
    asked.on('error', (error) => giveUp(response, error))
    // No pipeline: it would end the client's connection when the other end cannot be reached, answer or not.
    request.pipe(asked)
  }
}

function passBack(answer: IncomingMessage, response: ServerResponse): void {
  response.writeHead(answer.statusCode!, without(answer.headers, hopByHop))
  // An answer that breaks off breaks off for the client too.
  pipeline(answer, response, () => {})
}

function giveUp(response: Response, error: Error): void {
  if (response.headersSent || response.destroyed) response.destroy()
  else
    sendProblem(
      response,
      new Problem(503, 'upstream-unreachable', `the system behind gave no answer (${error.message})`),
    )
}

function without(
  headers: IncomingMessage['headers'],
  names: readonly string[],
): Record<string, string | string[]> {
  const named = new Set([...names, ...namedByConnection(headers)])
  return Object.fromEntries(
    Object.entries(headers).filter(
      (entry): entry is [string, string | string[]] => entry[1] !== undefined && !named.has(entry[0]),
    ),
  )
}

/** Headers that the sender says are of its connection alone. */
function namedByConnection({ connection = '' }: IncomingMessage['headers']): string[] {
  return connection
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '')
}
