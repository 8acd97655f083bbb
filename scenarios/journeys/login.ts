import type { Http, HttpAnswer } from '../../harness/index.ts'
import type { Official } from './people.ts'
import { sign, totp } from './signatures.ts'

/** How long an official waits for one page before giving up on it, ms. † ours: a browser would wait longer, people do not. */
export const patienceMs = 2000

export type Login =
  | { readonly session: string; readonly by: 'gpki' | 'password' }
  | { readonly session: undefined; readonly why: string }

/** Logs in as the login page offers: by password where that is open, else with the GPKI certificate. */
export async function login(http: Http, official: Official): Promise<Login> {
  const options = await http('GET', '/login/options', { timeoutMs: patienceMs })
  if (options.json<{ password?: boolean }>()?.password === true) return passwordLogin(http, official)
  return gpkiLogin(http, official)
}

export async function gpkiLogin(http: Http, official: Official): Promise<Login> {
  const challenge = await http('POST', '/login/challenge', { json: {}, timeoutMs: patienceMs })
  const nonce = challenge.json<{ nonce?: string }>()?.nonce
  if (nonce === undefined) return { session: undefined, why: outcomeOf(challenge) }
  const json = await signedChallenge(official, { audience: 'saeol', nonce })
  return loginOf(await http('POST', '/login/gpki', { json, timeoutMs: patienceMs }), 'gpki')
}

/** @param challenge.audience whom the official means to log in to */
export async function signedChallenge(
  { certificateChain, privateKeyPkcs8 }: Pick<Official, 'certificateChain' | 'privateKeyPkcs8'>,
  challenge: { readonly audience: string; readonly nonce: string },
): Promise<object> {
  const { audience, nonce } = challenge
  // In the form that GPKI checks: canonical JSON, keys in their order.
  const signature = await sign(privateKeyPkcs8, JSON.stringify({ action: 'log-in', audience, nonce }))
  return { audience, nonce, certificateChain, signature }
}

export async function passwordLogin(http: Http, official: Official): Promise<Login> {
  const answer = await http('POST', '/login/password', {
    json: {
      officialId: official.id,
      password: official.password,
      code: await totp(official.totpSecretBase32, Date.now()),
      terminal: official.terminal,
    },
    timeoutMs: patienceMs,
  })
  return loginOf(answer, 'password')
}

function loginOf(answer: HttpAnswer, by: 'gpki' | 'password'): Login {
  const session = answer.json<{ session?: string }>()?.session
  return session === undefined ? { session, why: outcomeOf(answer) } : { session, by }
}

/** An answer in a word: the service's own machine word where it gave one. */
export function outcomeOf(answer: HttpAnswer): string {
  if (answer.status === 0) return answer.error ?? 'no-answer'
  return answer.json<{ code?: string }>()?.code ?? `status-${answer.status}`
}
