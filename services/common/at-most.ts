import type { RequestHandler } from 'express'
import { Problem } from './problem.ts'

/**
 * Lets so many requests pass in any span of that length, and answers 429 to the rest.
 * @param limit.now epoch ms
 */
export function atMost(limit: {
  readonly requests: number
  readonly inMs: number
  readonly now: () => number
}): RequestHandler {
  const { requests, inMs, now } = limit
  let passedAt: number[] = []
  return (_request, _response, next) => {
    passedAt = passedAt.filter((at) => at > now() - inMs)
    if (passedAt.length >= requests) {
      throw new Problem(429, 'too-many', `at most ${requests} in ${inMs} ms`, Math.ceil(inMs / 1000))
    }
    passedAt.push(now())
    next()
  }
}
