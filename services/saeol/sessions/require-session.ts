import type { Request, RequestHandler, Response } from 'express'
import type { Database } from '../../common/database.ts'
import { Problem } from '../../common/problem.ts'
import type { Sabotaged } from '../../common/sabotage.ts'
import type { Audit } from '../audit/audit.ts'
import { type Assurance, findSession, type Session } from './sessions.ts'

export type { Session } from './sessions.ts'

export interface SessionDeps {
  readonly database: Database
  readonly audit: Pick<Audit, 'append'>
  readonly sabotaged: Sabotaged
  /** Epoch ms. */
  readonly now: () => number
}

/** Tells the holder of a session that it is not to be used much longer; its value is until when, epoch ms. */
export const drainingHeader = 'session-draining'

/**
 * Lets a request pass with a live session, which `session(response)` then gives. What a session of low assurance
 * does is audited before it is done.
 * @param need.assurance `high` for what an outage must not open to passwords: bulk queries, accounts, approvals
 */
export function requireSession(
  deps: SessionDeps,
  need: { readonly assurance?: Assurance } = {},
): RequestHandler {
  return async (request, response, next) => {
    const found = await findSession(deps.database, bearerOf(request), new Date(deps.now()))
    if (found.state === 'unknown') throw new Problem(401, 'no-session', 'there is no such session')
    if (found.state === 'ended') {
      throw new Problem(401, 'session-ended', `log in again: the session has ended (${found.because})`)
    }
    const { session } = found
    if (session.draining) response.setHeader(drainingHeader, String(session.expiresAt.getTime()))
    const sure = session.assurance === 'high' || deps.sabotaged('low-assurance-may-do-all')
    const allowed = need.assurance !== 'high' || sure
    if (session.assurance === 'low' && !(allowed && deps.sabotaged('unaudited-use'))) {
      await deps.audit.append('session.used', {
        session: session.id,
        officialId: session.officialId,
        method: request.method,
        path: request.path,
        allowed,
      })
    }
    if (!allowed) {
      throw new Problem(403, 'low-assurance', 'a session of the password login may not do this; use GPKI')
    }
    response.locals.session = session
    next()
  }
}

/** @throws Problem 401 when the request shows no token */
export function bearerOf(request: Request): string {
  const token = /^Bearer (\S{1,200})$/.exec(request.get('Authorization') ?? '')?.[1]
  if (token === undefined) throw new Problem(401, 'no-session', 'log in first')
  return token
}

/** The session that `requireSession` let in. */
export function session(response: Response): Session {
  return response.locals.session as Session
}
