import type { ServerResponse } from 'node:http'
import type { Reply } from './reply.ts'

/** An answer that goes on: it writes to the response itself. */
export type Stream = (response: ServerResponse) => void

export interface Request {
  readonly query: URLSearchParams
  /** Names from the path; empty where it has none. */
  readonly proxy: string
  readonly toxic: string
  /** @throws ApiError 400 when it is not JSON */
  body(): unknown
}

export interface Route {
  readonly methods: readonly string[]
  readonly path: RegExp
  handle(request: Request): Reply | Stream | Promise<Reply>
}
