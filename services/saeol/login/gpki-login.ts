import type { RequestHandler } from 'express'
import { z } from 'zod'
import { type Budget, budget } from '../../common/budget.ts'
import { DownstreamError, type DownstreamResponse } from '../../common/downstream.ts'
import { Problem } from '../../common/problem.ts'
import { parseBody } from '../../common/request.ts'
import { sourceOf } from '../../common/source.ts'
import type { Challenges } from './challenges.ts'
import type { LoginDeps } from './deps.ts'

const loginBody = z.strictObject({
  /** Whom the official means to log in to; whether that is us is for GPKI to say. */
  audience: z.string().min(1).max(100),
  nonce: z.string().min(1).max(200),
  /** base64 DER, the official's own first. */
  certificateChain: z.array(z.string().min(1).max(10_000)).min(1).max(5),
  /** base64; ECDSA P-256 SHA-256 over the challenge's text, r and s side by side. */
  signature: z.string().min(1).max(200),
})

const verified = z.object({ officialId: z.string() })
const rejected = z.object({ code: z.string(), error: z.string() })

const usePassword = () =>
  new Problem(
    503,
    'use-password-login',
    'GPKI is out; duty officers have opened the password login: use that',
  )

/** `POST /login/gpki`: a signed challenge, verified by GPKI behind the L4 switch. */
export function gpkiLogin(deps: LoginDeps, challenges: Challenges): RequestHandler {
  const { sessions, register, audit, refusals, fallback, sabotaged, now, gpki } = deps
  const officials = new Map(register.officials.map((official) => [official.id, official]))
  const measure = deps.config.measures.passwordFallback
  const headers = { authorization: `Bearer ${deps.config.OWN_TOKEN}` }
  let trials = 0

  function callGpki(body: unknown, within: Budget): Promise<DownstreamResponse> {
    return gpki.call({ method: 'POST', path: '/verify', headers, body }, within)
  }

  /** While the password login is open a few logins try GPKI, and nobody waits long for it. */
  async function verify(body: z.output<typeof loginBody>, within: Budget): Promise<DownstreamResponse> {
    if (measure === undefined) return callGpki(body, within)
    if (!fallback.gpki.switchedOff) {
      const { switched } = fallback.gpki
      const signal = within.signal === undefined ? switched : AbortSignal.any([within.signal, switched])
      try {
        return await callGpki(body, { ...within, signal })
      } catch (error) {
        if (error instanceof DownstreamError && error.kind === 'abandoned' && switched.aborted)
          throw usePassword()
        throw error
      }
    }
    if (trials >= measure.gpkiTrials) throw usePassword()
    trials += 1
    try {
      const hopMs = () => Math.min(measure.gpkiTrialMs, within.hopMs() ?? measure.gpkiTrialMs)
      return await callGpki(body, { ...within, hopMs })
    } finally {
      trials -= 1
    }
  }

  return async (request, response) => {
    const body = parseBody(loginBody, request)
    const facts = { method: 'gpki', source: sourceOf(request, deps.config) }
    const refuse = async (code: string, message: string, more: Record<string, unknown> = {}) => {
      await refusals.record('login.refused', { ...facts, ...more, reason: code })
      throw new Problem(401, code, message)
    }
    await sessions.mustHaveRoom()
    if (!(await challenges.take(body.nonce))) {
      return refuse('unknown-challenge', 'this challenge was answered before, is too old or is not ours')
    }
    const answer = await verify(body, budget(response))
    if (answer.status === 422) {
      const reason = rejected.safeParse(answer.body)
      const code = reason.success ? reason.data.code : 'rejected'
      return refuse(code, reason.success ? reason.data.error : 'GPKI rejected the certificate')
    }
    const identity = verified.safeParse(answer.body)
    if (answer.status !== 200 || !identity.success) {
      throw new Problem(503, 'gpki-failed', `GPKI could not verify the certificate (status ${answer.status})`)
    }
    const official = officials.get(identity.data.officialId)
    if (official === undefined || (official.status !== 'active' && !sabotaged('ignores-status'))) {
      return refuse(
        'not-an-official',
        'the certificate is good, but its holder may not log in',
        identity.data,
      )
    }
    const createdAt = new Date(now())
    const expiresAt = new Date(now() + deps.config.SESSION_TTL_MS)
    const token = await sessions.create(deps.database, {
      officialId: official.id,
      office: official.office,
      assurance: 'high',
      createdAt,
      expiresAt,
    })
    await audit.append('login.accepted', { ...facts, officialId: official.id, assurance: 'high' })
    response.json({ session: token, assurance: 'high', expiresAt: expiresAt.getTime() })
  }
}
