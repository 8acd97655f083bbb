import type { RequestHandler } from 'express'
import { Problem } from '../../common/problem.ts'
import { bearerOf, type SessionDeps } from './require-session.ts'
import { findSession } from './sessions.ts'

/**
 * Before a worker's slot: turns away whoever has no live session, so that strangers keep no worker from officials. What
 * a session may do, and whether it is still alive when its turn comes, is for `requireSession` behind the slot.
 */
export function admitSession({ database, now }: Pick<SessionDeps, 'database' | 'now'>): RequestHandler {
  return async (request, _response, next) => {
    const { state } = await findSession(database, bearerOf(request), new Date(now()))
    if (state === 'unknown') throw new Problem(401, 'no-session', 'there is no such session')
    next()
  }
}
