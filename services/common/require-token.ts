import { timingSafeEqual } from 'node:crypto'
import type { RequestHandler } from 'express'
import { Problem } from './problem.ts'
import type { Sabotaged } from './sabotage.ts'

/**
 * Lets a request pass that shows this token as its bearer.
 * @param forWhom the sentence for whoever shows another
 */
export function requireToken(
  token: string,
  forWhom: string,
  sabotaged: Sabotaged = () => false,
): RequestHandler {
  const expected = Buffer.from(`Bearer ${token}`)
  return (request, _response, next) => {
    const shown = Buffer.from(request.get('Authorization') ?? '')
    const isRight = shown.length === expected.length && timingSafeEqual(shown, expected)
    if (!isRight && !sabotaged('open-admin')) {
      throw new Problem(401, 'refused', forWhom)
    }
    next()
  }
}
