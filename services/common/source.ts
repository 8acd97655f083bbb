import type { Request } from 'express'
import { isFromFront } from './front-token.ts'

/**
 * The address a request came from: what the hop in front wrote, if it was the hop, and else the other end of the
 * connection. `X-Forwarded-For` of anybody else is the client's own word: who believes it lets a client evade the
 * throttle, or fill that of others.
 * @param config.FRONT_TOKEN what the hop shows
 */
export function sourceOf(request: Request, config: { readonly FRONT_TOKEN: string }): string {
  const written = isFromFront(request, config.FRONT_TOKEN) ? request.get('X-Forwarded-For') : undefined
  return (written || request.socket.remoteAddress || 'unknown').slice(0, 64)
}
