/** Attempts at the password login, as attackers make them. */
import type { HttpAnswer, Journey, Visit } from '../../harness/index.ts'
import { type Official, type People, pick } from './people.ts'
import { totp } from './signatures.ts'

interface Attempt {
  readonly officialId: string
  readonly password: string
  readonly code: string
  readonly terminal: string
}

/** What attackers say they come from, unless they say something else (RFC 5737's third range). */
export const forgedAddresses = ['203.0.113.7', '203.0.113.8', '203.0.113.9']

type Attack = (visit: Visit, people: People) => Promise<string>

/** Every attack in turn, from the first arrival on; each is a step by its name. */
export function inTurn(attacks: Readonly<Record<string, Attack>>): Journey['run'] {
  const names = Object.keys(attacks)
  return (visit) => {
    const name = names[visit.index % names.length]!
    return visit.step(name, () => attacks[name]!(visit, visit.data as People))
  }
}

/** An official's own credentials, but for what is changed. @returns `let-in`, `turned-away` or `no-answer` */
export async function tryPassword(
  visit: Visit,
  official: Official,
  changed: Partial<Attempt> = {},
  headers: Record<string, string> = {},
): Promise<string> {
  return judge(await attemptOf(visit, official, changed, headers))
}

export async function attemptOf(
  visit: Visit,
  official: Official,
  changed: Partial<Attempt>,
  headers: Record<string, string>,
): Promise<HttpAnswer> {
  const attempt: Attempt = {
    officialId: official.id,
    password: official.password,
    code: await totp(official.totpSecretBase32, Date.now()),
    terminal: official.terminal,
    ...changed,
  }
  return visit.http('POST', '/login/password', {
    json: attempt,
    headers: { 'x-forwarded-for': pick(forgedAddresses, visit.random), ...headers },
    timeoutMs: 2000,
  })
}

export function judge(answer: HttpAnswer): string {
  if (answer.json<{ session?: string }>()?.session !== undefined) return 'let-in'
  return answer.status === 0 ? 'no-answer' : 'turned-away'
}
