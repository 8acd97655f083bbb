import type { Request } from 'express'

/**
 * The address a request came from. The switch in front appends the address it saw to X-Forwarded-For, so the
 * last one is its word and whatever stands before it is the client's own.
 */
export function sourceOf(request: Request): string {
  const forwarded = request.get('X-Forwarded-For')?.split(',').at(-1)?.trim()
  return (forwarded || request.socket.remoteAddress || 'unknown').slice(0, 64)
}
