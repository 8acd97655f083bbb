import type { Request, RequestHandler } from 'express'
import { Problem } from './problem.ts'
import type { Sabotaged } from './sabotage.ts'
import { isSameSecret } from './same-secret.ts'

/**
 * Lets a request pass that shows this token as its bearer.
 * @param forWhom the sentence for whoever shows another
 */
export function requireToken(
  token: string,
  forWhom: string,
  sabotaged: Sabotaged = () => false,
): RequestHandler {
  return (request, _response, next) => {
    if (!showsToken(request, token) && !sabotaged('open-admin')) {
      throw new Problem(401, 'refused', forWhom)
    }
    next()
  }
}

/** Whether it shows this token as its bearer. */
export function showsToken(request: Request, token: string): boolean {
  return isSameSecret(request.get('Authorization'), `Bearer ${token}`)
}
