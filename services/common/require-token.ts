import { timingSafeEqual } from 'node:crypto'
import type { RequestHandler } from 'express'
import { Problem } from './problem.ts'

/**
 * Lets a request pass that shows this token as its bearer.
 * @param forWhom the sentence for whoever shows another
 */
export function requireToken(token: string, forWhom: string): RequestHandler {
  const expected = Buffer.from(`Bearer ${token}`)
  return (request, _response, next) => {
    const shown = Buffer.from(request.get('Authorization') ?? '')
    if (shown.length !== expected.length || !timingSafeEqual(shown, expected)) {
      throw new Problem(401, 'refused', forWhom)
    }
    next()
  }
}
