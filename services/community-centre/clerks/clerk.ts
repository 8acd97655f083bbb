import { type Budget, createBudget } from '../../common/budget.ts'
import type { Person } from '../../enrolment/people.ts'
import { createSigner, type Signer } from '../../saeol/ledger/papers.ts'
import type { ClerkSession, LogIn, LoginResult } from './login.ts'

/** Somebody who sits at a counter, with a session in Saeol that is kept while it serves. */
export interface Clerk {
  readonly id: string
  readonly office: string
  readonly hasSession: boolean
  readonly isLoggingIn: boolean
  /** The session there is, or a new one; clerks who ask at the same time share one login. */
  session(budget: Budget): Promise<LoginResult>
  /** Saeol wants this session replaced by `until`, epoch ms: it is used until then, while another login is under way. */
  drain(session: ClerkSession, until: number): void
  /** Saeol does not know this session any more. */
  forget(session: ClerkSession): void
  /** The password login was closed: whatever session came through it has ended. */
  forgetPasswordSession(): void
  /** Signs with the key of the clerk's own certificate. */
  readonly sign: Signer
}

/** A session is not begun to be used in its last moments, in ms. */
const marginMs = 200

/** How long a login may take that is made while the session before it still serves, in ms. */
const anewMs = 2_000

/** @param certificateSessionMs how long a session by certificate is used before the clerk shows it again, in ms */
export function createClerk(options: {
  readonly person: Person
  readonly logIn: LogIn
  readonly certificateSessionMs: number
  /** Epoch ms. */
  readonly now: () => number
}): Clerk {
  const { person, logIn, now } = options
  let current:
    | { readonly session: ClerkSession; readonly usedUntil: number; readonly draining: boolean }
    | undefined
  let loggingIn: Promise<LoginResult> | undefined

  function live(): ClerkSession | undefined {
    return current !== undefined && now() < current.usedUntil ? current.session : undefined
  }

  async function begin(budget: Budget): Promise<LoginResult> {
    const result = await logIn(person, budget)
    if (result.ok) {
      const { session } = result
      const expiresAt = session.expiresAt - marginMs
      const usedUntil =
        session.assurance === 'high' ? Math.min(expiresAt, now() + options.certificateSessionMs) : expiresAt
      current = { session, usedUntil, draining: false }
    }
    return result
  }

  function logInOnce(budget: Budget): Promise<LoginResult> {
    loggingIn ??= begin(budget).finally(() => {
      loggingIn = undefined
    })
    return loggingIn
  }

  return {
    id: person.id,
    office: person.office,
    get hasSession() {
      return live() !== undefined
    },
    get isLoggingIn() {
      return loggingIn !== undefined
    },
    async session(budget) {
      const session = live()
      if (session !== undefined) {
        // Nobody waits for it, and it goes on when the visitor has left.
        if (current?.draining === true) void logInOnce(createBudget({ totalMs: anewMs })).catch(() => {})
        return { ok: true, session }
      }
      return logInOnce(budget)
    },
    drain(session, until) {
      if (current?.session !== session || current.draining) return
      current = { session, usedUntil: Math.min(current.usedUntil, until - marginMs), draining: true }
    },
    forget(session) {
      if (current?.session === session) current = undefined
    },
    forgetPasswordSession() {
      if (current?.session.assurance === 'low') current = undefined
    },
    sign: createSigner(person.privateKeyPkcs8),
  }
}
