/**
 * Why a call over a link got no answer: `timeout` no answer in time · `unreachable` refused, reset or cut ·
 * `circuit-open` not tried, the breaker is open · `abandoned` our own caller has gone.
 */
type DownstreamFailure = 'timeout' | 'unreachable' | 'circuit-open' | 'abandoned'

export class DownstreamError extends Error {
  override readonly name = 'DownstreamError'
  readonly link: string
  readonly kind: DownstreamFailure

  constructor(link: string, kind: DownstreamFailure, reason: string, cause?: unknown) {
    super(`${link}: ${reason}`, { cause })
    this.link = link
    this.kind = kind
  }
}
