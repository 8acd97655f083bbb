import { webcrypto } from 'node:crypto'
import { z } from 'zod'
import type { Budget } from '../../common/budget.ts'
import { type Downstream, DownstreamError, type DownstreamResponse } from '../../common/downstream.ts'
import type { Person } from '../../enrolment/people.ts'
import { challengeText } from '../../gpki/challenge.ts'

/** A clerk's session in Saeol. */
export interface ClerkSession {
  readonly token: string
  /** `low` when it came through the password login. */
  readonly assurance: 'high' | 'low'
  /** Epoch ms. */
  readonly expiresAt: number
}

export type LoginResult =
  | { readonly ok: true; readonly session: ClerkSession }
  /** `refused`: Saeol does not believe this clerk · `unavailable`: it could not say. */
  | { readonly ok: false; readonly because: 'refused' | 'unavailable'; readonly reason: string }

/** Logs a clerk in to Saeol, by certificate, or by password when GPKI fails and Saeol says that is open. */
export type LogIn = (person: Person, budget: Budget) => Promise<LoginResult>

/** For so long after GPKI failed a clerk first asks whether passwords are open, in ms. † ours. */
const gpkiDistrustMs = 5_000

const challengeAnswer = z.object({ nonce: z.string() })
const optionsAnswer = z.object({ password: z.boolean() })
const loginAnswer = z.object({
  session: z.string(),
  assurance: z.enum(['high', 'low']),
  expiresAt: z.union([z.number(), z.string()]).transform((moment) => new Date(moment).getTime()),
})

/** @param now epoch ms, for the code of the second factor too */
export function createLogIn(saeol: Downstream, now: () => number): LogIn {
  let gpkiFailedAt = Number.NEGATIVE_INFINITY
  const codesUsed = new Map<string, string>()

  async function byCertificate(person: Person, budget: Budget): Promise<LoginResult> {
    const challenge = await ask({ method: 'POST', path: '/login/challenge' }, budget)
    if (!challenge.ok) return challenge
    const nonce = challengeAnswer.safeParse(challenge.answer.body)
    if (!nonce.success) return unavailable(`/login/challenge answered ${challenge.answer.status}`)
    const asked = { audience: 'saeol', nonce: nonce.data.nonce }
    const body = {
      ...asked,
      certificateChain: person.certificateChain,
      signature: await sign(person, challengeText(asked)),
    }
    const login = await ask({ method: 'POST', path: '/login/gpki', body }, budget)
    return login.ok ? loggedIn(login.answer) : login
  }

  async function byPassword(person: Person, budget: Budget): Promise<LoginResult> {
    const code = await currentCode(person)
    // A code counts once: showing it again would only look like an attack.
    if (codesUsed.get(person.id) === code) return unavailable(`the code of ${person.id} is used up for now`)
    codesUsed.set(person.id, code)
    const body = { officialId: person.id, password: person.password, code, terminal: person.terminal }
    const login = await ask({ method: 'POST', path: '/login/password', body }, budget)
    return login.ok ? loggedIn(login.answer) : login
  }

  async function passwordIsOpen(office: string, budget: Budget): Promise<boolean> {
    const path = `/login/options?office=${encodeURIComponent(office)}`
    const options = await ask({ method: 'GET', path }, budget)
    if (!options.ok) return false
    const parsed = optionsAnswer.safeParse(options.answer.body)
    return parsed.success && parsed.data.password
  }

  async function ask(request: Parameters<Downstream['call']>[0], budget: Budget) {
    try {
      return { ok: true as const, answer: await saeol.call(request, budget) }
    } catch (error) {
      if (error instanceof DownstreamError) return unavailable(error.message)
      throw error
    }
  }

  async function currentCode(person: Person): Promise<string> {
    // Only an outage needs it: the start does not wait for it.
    const { TOTP } = await import('otpauth')
    return new TOTP({ secret: person.totpSecretBase32 }).generate({ timestamp: now() })
  }

  return async (person, budget) => {
    if (now() - gpkiFailedAt < gpkiDistrustMs && (await passwordIsOpen(person.office, budget))) {
      return byPassword(person, budget)
    }
    const certified = await byCertificate(person, budget)
    if (certified.ok) gpkiFailedAt = Number.NEGATIVE_INFINITY
    if (certified.ok || certified.because === 'refused') return certified
    gpkiFailedAt = now()
    return (await passwordIsOpen(person.office, budget)) ? byPassword(person, budget) : certified
  }
}

function unavailable(reason: string) {
  return { ok: false, because: 'unavailable', reason } as const
}

function loggedIn({ status, body }: DownstreamResponse): LoginResult {
  const parsed = loginAnswer.safeParse(body)
  if (status === 200 && parsed.success) {
    const { session, assurance, expiresAt } = parsed.data
    return { ok: true, session: { token: session, assurance, expiresAt } }
  }
  if (status === 401) return { ok: false, because: 'refused', reason: 'Saeol refused the login' }
  return unavailable(`the login answered ${status}`)
}

const keys = new WeakMap<Person, webcrypto.CryptoKey>()

async function sign(person: Person, text: string): Promise<string> {
  const { subtle } = webcrypto
  const key =
    keys.get(person) ??
    (await subtle.importKey(
      'pkcs8',
      Buffer.from(person.privateKeyPkcs8, 'base64'),
      { name: 'ECDSA', namedCurve: 'P-256' },
      false,
      ['sign'],
    ))
  keys.set(person, key)
  const signature = await subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, Buffer.from(text))
  return Buffer.from(signature).toString('base64')
}
