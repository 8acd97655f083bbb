import type { Journey, Visit } from '../../harness/index.ts'
import { activeOfficials, type People } from './people.ts'
import { totp } from './signatures.ts'

/** One visit in so many comes with a crowd that knows nothing, for no better reason than to be written down. */
const floodEvery = 8
const crowd = 30

/** Everything right but the time: an official's own password, code and terminal, while the password login is closed. */
export const attackerAtClosedDoor: Journey = {
  name: 'attacker-at-closed-door',
  title: 'attempts at the closed password login with everything else right',
  entrance: 'crowd→front',
  succeedsWith: ['refused', 'open', 'no-answer'],
  users: 'attempts at the closed door',
  successIs: 'turned away',
  async run(visit) {
    if (await isOpen(visit)) return 'open'
    if (visit.index % floodEvery === 0) await flood(visit)
    const official = activeOfficials(visit.data as People).at(-(160 + (visit.index % 60)))!
    const answer = await visit.http('POST', '/login/password', {
      json: {
        officialId: official.id,
        password: official.password,
        code: await totp(official.totpSecretBase32, Date.now()),
        terminal: official.terminal,
      },
      timeoutMs: 2000,
    })
    if (answer.json<{ session?: string }>()?.session === undefined)
      return answer.status === 0 ? 'no-answer' : 'refused'
    // It may have been opened in the meantime; then that is what was used.
    return (await isOpen(visit)) ? 'open' : 'let-in'
  },
}

/** Anonymous attempts at once, each from another address if one believes them. */
async function flood(visit: Visit): Promise<void> {
  await Promise.all(
    Array.from({ length: crowd }, (_, index) =>
      visit.http('POST', '/login/password', {
        json: { officialId: `nobody-${index}`, password: 'x', code: '123456', terminal: 'none' },
        headers: { 'x-forwarded-for': `192.0.2.${index}` },
        timeoutMs: 2000,
      }),
    ),
  )
}

async function isOpen(visit: Visit): Promise<boolean> {
  const options = await visit.http('GET', '/login/options', { timeoutMs: 2000 })
  return options.json<{ password?: boolean }>()?.password !== false
}
