import type { Request, RequestHandler, Response } from 'express'
import { secret } from '../common/challenges.ts'
import { Problem } from '../common/problem.ts'
import type { Sabotaged } from '../common/sabotage.ts'
import { createShortLived } from '../common/short-lived.ts'

/** † ours: twenty times the citizens of a replay. */
const mostSessions = 10_000

/** Who is logged in to the portal. In memory: a portal that is started again asks everybody to log in again. */
export interface Sessions {
  open(residentId: string): { readonly token: string; readonly expiresAt: number }
  /** Lets a request pass with a live session; `citizen(response)` then says whose. Takes no worker. */
  readonly required: RequestHandler
}

/**
 * @param options.ttlMs how long a session lasts
 * @param options.now epoch ms
 */
export function createSessions(options: {
  readonly ttlMs: number
  readonly sabotaged: Sabotaged
  readonly now: () => number
}): Sessions {
  const { ttlMs, sabotaged, now } = options
  const sessions = createShortLived<string>({ ttlMs, most: mostSessions, now })

  return {
    open(residentId) {
      const token = secret()
      sessions.put(token, residentId)
      return { token, expiresAt: now() + ttlMs }
    },
    required(request, response, next) {
      const residentId = sessions.get(tokenOf(request))
      if (residentId === undefined && !sabotaged('open-portal')) {
        throw new Problem(401, 'no-session', 'log in first: there is no such session, or it has expired')
      }
      response.locals.citizen = residentId
      next()
    },
  }
}

function tokenOf(request: Request): string {
  return /^Bearer (\S{1,200})$/.exec(request.get('Authorization') ?? '')?.[1] ?? ''
}

/** The resident whose session `required` let in. */
export function citizen(response: Response): string {
  return response.locals.citizen as string
}
