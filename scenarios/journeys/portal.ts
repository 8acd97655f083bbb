import type { Http, HttpAnswer } from '../../harness/index.ts'
import { outcomeOf, patienceMs } from './login.ts'
import type { Citizen } from './people.ts'
import { vouch } from './signatures.ts'

/** The first 887 of the catalogue's 1,327 services issue certificates (S1 S2). */
const certificateServices = 887

/** The last 81 look something up (S1 S2). */
const lookUpServices = 81
export const servicesInAll = 1_327

export function certificateService(random: () => number): string {
  return serviceId(1 + Math.floor(random() * certificateServices))
}

export function lookUpService(random: () => number): string {
  return serviceId(servicesInAll - Math.floor(random() * lookUpServices))
}

function serviceId(number: number): string {
  return `service-${String(number).padStart(4, '0')}`
}

/** The body of a login to the portal, approved on the citizen's phone. */
export async function approvedLogin(
  { residentId, secret }: Citizen,
  nonce: string,
  audience = 'gov24',
): Promise<object> {
  // In the form that the provider checks: canonical JSON, keys in their order.
  const text = JSON.stringify({ action: 'approve-log-in', audience, nonce, residentId })
  return { audience, nonce, residentId, proof: await vouch(secret, text) }
}

/** @returns what the portal asks a citizen's phone to approve; undefined when it does not answer */
export function portalChallenge(http: Http): Promise<string | undefined> {
  return askForChallenge(http, '/login/challenge')
}

/** The same of a site that is not the portal. */
export async function askForChallenge(http: Http, path: string): Promise<string | undefined> {
  const challenge = await http('POST', path, { json: {}, timeoutMs: patienceMs })
  return challenge.json<{ nonce?: string }>()?.nonce
}

export async function portalLogin(
  http: Http,
  citizen: Citizen,
): Promise<{ readonly session: string } | { readonly session: undefined; readonly why: string }> {
  const nonce = await portalChallenge(http)
  if (nonce === undefined) return { session: undefined, why: 'no-challenge' }
  const json = await approvedLogin(citizen, nonce)
  const answer = await http('POST', '/login', { json, timeoutMs: patienceMs })
  const session = sessionOf(answer)
  return session === undefined ? { session, why: outcomeOf(answer) } : { session }
}

export function sessionOf(answer: HttpAnswer): string | undefined {
  return answer.json<{ session?: string }>()?.session
}

export function applyOnPortal(
  http: Http,
  session: string | undefined,
  asked: { readonly serviceId: string; readonly residentId: string },
  key: string,
): Promise<HttpAnswer> {
  const headers: Record<string, string> = { 'idempotency-key': key }
  if (session !== undefined) headers.authorization = `Bearer ${session}`
  return http('POST', '/applications', { json: asked, headers, timeoutMs: patienceMs })
}
