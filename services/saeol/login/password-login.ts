import { createHash, timingSafeEqual } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Request, RequestHandler, Response } from 'express'
import { z } from 'zod'
import { budget } from '../../common/budget.ts'
import { fullSizePadding } from '../../common/full-size.ts'
import { Problem } from '../../common/problem.ts'
import { parseBody } from '../../common/request.ts'
import { sourceOf } from '../../common/source.ts'
import { type Credential, isPassword } from '../../enrolment/credential.ts'
import type { RegisteredOfficial } from '../../enrolment/register.ts'
import type { PasswordFallbackParameters } from '../../measures/password-fallback.ts'
import { isInScope, lastOpening, openingInForce } from '../fallback/openings.ts'
import { stepOfCode, useCode } from './codes.ts'
import type { LoginDeps } from './deps.ts'
import type { Allowance, Attempt, Throttle } from './throttle.ts'

const loginBody = z.strictObject({
  officialId: z.string().regex(/^[\w.-]{1,64}$/),
  password: z.string().min(1).max(200),
  /** Of the authenticator application. */
  code: z.string().regex(/^\d{6}$/),
  terminal: z.string().regex(/^[\w.-]{1,64}$/),
})

type Asked = z.output<typeof loginBody>

/** Why nobody got in; for the audit, never for the caller. */
type Reason =
  | 'unknown-official'
  | 'not-enrolled'
  | 'wrong-password'
  | 'wrong-code'
  | 'code-used'
  | 'wrong-terminal'
  | 'disabled'
  | 'revoked'
  | 'out-of-scope'
  | 'throttled'
  | 'closed'

type Admission =
  | { readonly outcome: 'admitted'; readonly token: string; readonly expiresAt: Date }
  | { readonly outcome: 'refused'; readonly reason: Reason }
  | { readonly outcome: 'closed' }

/** What an unknown official is checked against, so that the check takes as long as everybody else's. */
function decoyLike(example: RegisteredOfficial | undefined): RegisteredOfficial & { credential: Credential } {
  const nothing = Buffer.alloc(32).toString('base64')
  const credential = example?.credential ?? {
    algorithm: 'scrypt',
    N: 1024,
    r: 8,
    p: 1,
    salt: nothing,
    hash: nothing,
  }
  return {
    id: '',
    office: '',
    status: 'disabled',
    terminal: 'terminal-of-nobody',
    totpSecretBase32: 'A'.repeat(32),
    credential: { ...credential, hash: nothing },
    publicKeySpki: '',
  }
}

/** What the gate hands to the check. */
interface Attempted {
  readonly startedAt: number
  readonly asked: Asked
  readonly official: RegisteredOfficial | undefined
  readonly attempt: Attempt
}

/**
 * `POST /login/password`: a gate, a worker slot, the check. The gate is in front of the slot so that whoever is
 * throttled takes no worker from the others. Every attempt that passes it does the same work in the same order,
 * whatever is wrong with it. Every refusal takes at least `refusalMs`, and has the same words: 401, or 429 once many
 * were refused, from whichever terminals and whether or not they were looked at (`Throttle.refused`).
 */
export function passwordLogin(
  deps: LoginDeps,
  settings: PasswordFallbackParameters,
  throttle: Throttle,
  slot: RequestHandler,
): RequestHandler[] {
  const { database, sessions, audit, refusals, fallback, now, sabotaged } = deps
  const officials = new Map(deps.register.officials.map((official) => [official.id, official]))
  const decoy = decoyLike(deps.register.officials.find(({ credential }) => credential !== null))

  async function isOpen(request: Request): Promise<boolean> {
    if (sabotaged('opens-on-client-header') && request.get('X-Auth-Fallback') === 'password') return true
    if ((await fallback.inForce()) !== undefined) return true
    return sabotaged('close-in-name-only') && (await lastOpening(database)) !== undefined
  }

  /** Everything that can be told without using up the code. */
  async function check(asked: Asked, official: RegisteredOfficial | undefined) {
    const against = official ?? decoy
    // Whoever never enrolled is checked as long as everybody else, and gets no credential here.
    const enrols = against.credential === null && sabotaged('enrols-at-login')
    const passwordFits = await isPassword(asked.password, against.credential ?? decoy.credential)
    const step = stepOfCode(against.totpSecretBase32, asked.code, now(), sabotaged)
    const reasons: (Reason | false)[] = [
      official === undefined && 'unknown-official',
      against.credential === null && !enrols && 'not-enrolled',
      !(passwordFits || enrols || sabotaged('accepts-any-password')) && 'wrong-password',
      step === undefined && !sabotaged('wrong-code') && 'wrong-code',
      !isSame(asked.terminal, against.terminal) && !sabotaged('any-terminal') && 'wrong-terminal',
      against.status === 'disabled' && !sabotaged('disabled-lets-in') && 'disabled',
      against.status === 'revoked' && !sabotaged('ignores-revocation') && 'revoked',
    ]
    return { step: step ?? 0, reason: reasons.find((reason) => reason !== false) }
  }

  /** One transaction: a closing either comes before it, or ends the session it makes. */
  function admit(official: RegisteredOfficial, step: number): Promise<Admission> {
    const createdAt = new Date(now())
    return database.transaction(async (queries): Promise<Admission> => {
      const inForce = await openingInForce(queries, createdAt, { hold: true })
      const opening = inForce ?? (sabotaged('close-in-name-only') ? await lastOpening(queries) : undefined)
      if (opening === undefined && !sabotaged('opens-on-client-header')) return { outcome: 'closed' }
      if (opening !== undefined && !isInScope(opening.scope, official.office)) {
        return { outcome: 'refused', reason: 'out-of-scope' }
      }
      if (!(await useCode(queries, official.id, step)) && !sabotaged('accepts-replayed-code')) {
        return { outcome: 'refused', reason: 'code-used' }
      }
      const ttlEndsAt = createdAt.getTime() + deps.config.SESSION_TTL_MS
      const expiresAt = new Date(Math.min(ttlEndsAt, opening?.expiresAt.getTime() ?? ttlEndsAt))
      const token = await sessions.create(queries, {
        officialId: official.id,
        office: official.office,
        assurance: 'low',
        opening: opening?.id ?? '0',
        createdAt,
        expiresAt,
      })
      return { outcome: 'admitted', token, expiresAt }
    })
  }

  async function refuse({ startedAt, asked, attempt }: Attempted, reason: Reason): Promise<never> {
    const problem = reason === 'closed' ? closed() : answerTo(await throttle.refused(attempt))
    await refusals.record('login.refused', {
      method: 'password',
      ...attempt,
      reason,
      ...(sabotaged('audits-passwords') && { password: asked.password }),
    })
    await sleep(Math.max(0, startedAt + settings.refusalMs - performance.now()))
    throw problem
  }

  const gate: RequestHandler = async (request, response, next) => {
    const startedAt = performance.now()
    const asked = parseBody(loginBody, request)
    const official = officials.get(asked.officialId)
    const ownTerminal = official !== undefined && isSame(asked.terminal, official.terminal)
    const attempt = { officialId: asked.officialId, source: sourceOf(request, deps.config), ownTerminal }
    const attempted: Attempted = { startedAt, asked, official, attempt }
    if (!(await isOpen(request))) return refuse(attempted, 'closed')
    if (!(await throttle.take(attempt))) return refuse(attempted, 'throttled')
    response.locals.attempted = attempted
    next()
  }

  const login: RequestHandler = async (_request, response) => {
    const attempted = response.locals.attempted as Attempted
    const { asked, official, attempt } = attempted
    if (!(await throttle.look(attempt))) return refuse(attempted, 'throttled')
    await sessions.mustHaveRoom()
    if (sabotaged('asks-gpki-too')) await askGpki(deps, response)
    const { step, reason } = await check(asked, official)
    if (reason !== undefined || official === undefined) {
      await throttle.blame(attempt)
      return refuse(attempted, reason ?? 'unknown-official')
    }
    const admission = await admit(official, step)
    switch (admission.outcome) {
      case 'closed':
        return refuse(attempted, 'closed')
      case 'refused':
        await throttle.blame(attempt)
        return refuse(attempted, admission.reason)
      case 'admitted':
        await throttle.forgive(attempt)
        // The token leaves only once the login is on record.
        await audit.append('login.accepted', { method: 'password', ...attempt, assurance: 'low' })
        response.json({
          session: admission.token,
          assurance: 'low',
          expiresAt: admission.expiresAt.getTime(),
        })
    }
  }
  return [gate, slot, login]
}

/** What the sabotage of that name waits for: an answer of any kind, to a request as long as a login's. */
async function askGpki({ gpki, config }: LoginDeps, response: Response): Promise<void> {
  const headers = { authorization: `Bearer ${config.OWN_TOKEN}`, ...fullSizePadding }
  await gpki.call({ method: 'POST', path: '/verify', headers, body: {} }, budget(response))
}

function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}

const closed = () => new Problem(403, 'fallback-closed', 'the password login is closed; log in with GPKI')

const refused = () =>
  new Problem(401, 'refused', 'the login was refused; check every field, or ask the situation room')

const throttled = (retryAfterMs: number) =>
  new Problem(
    429,
    'throttled',
    'too many attempts were refused; wait a little',
    Math.max(1, Math.ceil(retryAfterMs / 1000)),
  )

const answerTo = ({ allowed, retryAfterMs }: Allowance) => (allowed ? refused() : throttled(retryAfterMs))
