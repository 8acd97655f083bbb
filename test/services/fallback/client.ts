import { createPrivateKey, randomBytes, randomUUID, sign } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'
import { mockTokenOf } from '../../../services/common/callers.ts'
import { frontTokenHeader } from '../../../services/common/front-token.ts'
import type { Person } from '../../../services/enrolment/people.ts'
import { challengeText } from '../../../services/gpki/challenge.ts'
import { canonicalJson } from '../../../services/saeol/audit/canonical-json.ts'
import type { Duty } from '../duty.ts'
import { watcher } from '../watcher.ts'
import type { Network } from './network.ts'

export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  readonly body: any
  readonly headers: Headers
  readonly tookMs: number
}

export async function call(
  url: string,
  options: {
    readonly method?: string
    readonly body?: unknown
    readonly headers?: Readonly<Record<string, string>>
    readonly timeoutMs?: number
  } = {},
): Promise<Answer> {
  const startedAt = performance.now()
  const response = await fetch(url, {
    method: options.method ?? (options.body === undefined ? 'GET' : 'POST'),
    headers: { 'content-type': 'application/json', ...options.headers },
    body: options.body === undefined ? null : JSON.stringify(options.body),
    signal: AbortSignal.timeout(options.timeoutMs ?? 10_000),
  })
  const text = await response.text()
  const body: unknown = text === '' ? undefined : JSON.parse(text)
  return { status: response.status, body, headers: response.headers, tookMs: performance.now() - startedAt }
}

export function codeOf(person: Pick<Person, 'totpSecretBase32'>, at = Date.now()): string {
  return new TOTP({ secret: Secret.fromBase32(person.totpSecretBase32) }).generate({ timestamp: at })
}

export interface PasswordLogin {
  readonly officialId: string
  readonly password: string
  readonly code: string
  readonly terminal: string
}

export function credentialsOf(person: Person): PasswordLogin {
  const { id, password, terminal } = person
  return { officialId: id, password, code: codeOf(person), terminal }
}

/** @param source the address that the hop in front writes */
export function logInByPassword(
  network: Network,
  login: PasswordLogin,
  { source = '10.0.0.1', headers = {} }: { source?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  return call(`${network.saeolUrl}/login/password`, {
    body: login,
    headers: { 'x-forwarded-for': source, [frontTokenHeader]: mockTokenOf('front'), ...headers },
  })
}

export function signNonce(privateKeyPkcs8: string, text: string): string {
  const key = createPrivateKey({ key: Buffer.from(privateKeyPkcs8, 'base64'), format: 'der', type: 'pkcs8' })
  return sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64')
}

/** The body of a login by certificate. */
export function signedLogin(
  { certificateChain, privateKeyPkcs8 }: Pick<Person, 'certificateChain' | 'privateKeyPkcs8'>,
  nonce: string,
  audience = 'saeol',
) {
  const signature = signNonce(privateKeyPkcs8, challengeText({ audience, nonce }))
  return { audience, nonce, certificateChain, signature }
}

export async function logInByCertificate(
  network: Network,
  person: Pick<Person, 'certificateChain' | 'privateKeyPkcs8'>,
  timeoutMs = 10_000,
): Promise<Answer> {
  const challenge = await call(`${network.saeolUrl}/login/challenge`, { method: 'POST' })
  const { nonce } = challenge.body as { nonce: string }
  const { certificateChain, privateKeyPkcs8 } = person
  const body = signedLogin({ certificateChain, privateKeyPkcs8 }, nonce)
  return call(`${network.saeolUrl}/login/gpki`, { body, timeoutMs })
}

/** What the situation room shows. */
export const asRoom = { authorization: `Bearer ${mockTokenOf('situation-room')}` }

export function evidence(name: string, more: Record<string, unknown> = {}) {
  return { name, observedAt: Date.now(), failures: 3, error: 'no answer in time', ...more }
}

export function openingSubject(more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    scope: { system: 'saeol', offices: ['*'] },
    expiresAt: Date.now() + 60_000,
    reason: 'a test',
    vantagePoints: [evidence('situation-room'), evidence('saeol')],
    nonce: randomBytes(16).toString('hex'),
    ...more,
  }
}

export function approve(room: Duty, subject: unknown, officers: readonly number[]) {
  return officers.map((index) => {
    const { id, privateKeyPkcs8 } = room.dutyOfficers[index]!
    return { officer: id, signature: signNonce(privateKeyPkcs8, canonicalJson(subject)) }
  })
}

/** Lets Saeol see for itself that GPKI does not verify: it takes nobody's word for that. */
export async function showFault({ saeolUrl, links }: Network): Promise<void> {
  let isCut = false
  for (let reds = 0; reds < 2; ) {
    const isGreen = (await call(`${saeolUrl}/health/deep`, watcher)).body.checks.gpki.ok as boolean
    reds = isGreen ? 0 : reds + 1
    // Only where GPKI is well: a fault that a test has brought about stays as it is.
    if (isGreen) await links.saeolToL4.set('cut')
    isCut ||= isGreen
  }
  if (isCut) await links.saeolToL4.set('pass')
}

/** Opens the password login as the situation room would. */
export async function openFallback(network: Network, more: Record<string, unknown> = {}): Promise<Answer> {
  await showFault(network)
  return openAnyhow(network, more)
}

/** Asks for it whatever Saeol has seen. */
export async function openAnyhow(network: Network, more: Record<string, unknown> = {}): Promise<Answer> {
  const asked = openingSubject(more)
  const approvals = approve(network.room, { action: 'open-fallback', ...asked }, [0, 1])
  return call(`${network.saeolUrl}/fallback/open`, { body: { ...asked, approvals }, headers: asRoom })
}

export async function closeFallback(network: Network, opening: string): Promise<Answer> {
  const asked = { opening, reason: 'a test is over' }
  const approvals = approve(network.room, { action: 'close-fallback', ...asked }, [2])
  return call(`${network.saeolUrl}/fallback/close`, { body: { ...asked, approvals }, headers: asRoom })
}

export async function isOpen(network: Network): Promise<boolean> {
  const options = await call(`${network.saeolUrl}/login/options`)
  return (options.body as { password: boolean }).password
}

export function bearer(session: string): Record<string, string> {
  return { authorization: `Bearer ${session}` }
}

/** What a session is for: issues a certificate. */
export function issue(network: Network, session: string): Promise<Answer> {
  return call(`${network.saeolUrl}/certificates`, {
    body: { kind: 'resident-registration', residentId: network.people.residents[0] },
    headers: { ...bearer(session), 'idempotency-key': randomUUID() },
  })
}
