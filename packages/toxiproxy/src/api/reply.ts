import type { ServerResponse } from 'node:http'
import type { TcpProxy } from '../proxy.ts'
import type { Toxic } from '../toxic-chain.ts'
import { ApiError } from './errors.ts'
import { encode } from './json.ts'

export interface Reply {
  readonly status: number
  readonly body?: string
  readonly contentType?: string
  /** Where to ask instead. */
  readonly location?: string
}

export function json(status: number, value: unknown): Reply {
  return { status, body: encode(value), contentType: 'application/json' }
}

export function plain(status: number, text: string): Reply {
  return { status, body: `${text}\n`, contentType: 'text/plain; charset=utf-8' }
}

export function failure(error: Error): Reply {
  const shown = shownError(error)
  return plain(shown.status, encode(shown))
}

/** What is no error of a request is one of the server, or of the machine: an address that cannot be bound. */
export function shownError(error: Error): { readonly error: string; readonly status: number } {
  return { error: error.message, status: error instanceof ApiError ? error.status : 500 }
}

export function shownProxy({ name, listen, upstream, enabled, toxics }: TcpProxy): object {
  // Go's logger shows through as an empty object, and typed clients expect the key.
  return { name, listen, upstream, enabled, Logger: {}, toxics: toxics.list().map(shownToxic) }
}

export function shownToxic({ attributes, name, type, streamSpelt, toxicity }: Toxic): object {
  return { attributes, name, type: type.type, stream: streamSpelt, toxicity }
}

export function send(response: ServerResponse, { status, body, contentType, location }: Reply): void {
  if (location !== undefined) response.setHeader('Location', location)
  if (contentType !== undefined) response.setHeader('Content-Type', contentType)
  if (contentType?.startsWith('text/plain;') && status >= 400) {
    response.setHeader('X-Content-Type-Options', 'nosniff')
  }
  if (body !== undefined) response.setHeader('Content-Length', Buffer.byteLength(body))
  // Otherwise a body that was refused unread would be taken for the next request.
  if (!response.req.complete) response.setHeader('Connection', 'close')
  response.writeHead(status).end(body)
}
