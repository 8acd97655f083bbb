import type { HttpAnswer, Journey, Visit } from '../../harness/index.ts'
import { refusedOrOverlooked, undetected } from './locks.ts'
import { gpkiLogin, patienceMs } from './login.ts'
import { activeOfficials, type DutyOfficer, type People } from './people.ts'
import { sign } from './signatures.ts'

/** What is asked of Saeol, keys in their order: so signed, in the form that Saeol checks. */
interface Opening {
  readonly expiresAt: number
  readonly nonce: string
  readonly reason: string
  readonly scope: { readonly offices: readonly string[]; readonly system: 'saeol' }
  readonly vantagePoints: readonly Point[]
}

interface Point {
  readonly error: string
  readonly failures: number
  readonly name: string
  readonly observedAt: number
}

interface Attack {
  /** Saeol's word for what is wrong, so that each lock is seen by itself. */
  readonly lock: string
  readonly change?: (opening: Opening) => Opening
  /** Whose name stands under it, with whose key it was signed. */
  readonly signers?: (officers: Officers) => readonly Signer[]
  /** Whether what they say would be a lie now; else there is nothing to try. Default: always. */
  readonly isOne?: (visit: Visit) => Promise<boolean>
}

type Officers = readonly [DutyOfficer, DutyOfficer]
type Signer = readonly [name: DutyOfficer, key: DutyOfficer]

const bothSign = ([one, other]: Officers): readonly Signer[] => [
  [one, one],
  [other, other],
]

/** Ways to open the password login, right in all but one thing. */
const attacks: Readonly<Record<string, Attack>> = {
  /** All in order, but for the outage, of which there is none. */
  'saeol-sees-green': { lock: 'not-seen-from-here', isOne: gpkiIsWell },
  'one-approval': { lock: 'not-approved', signers: ([one]) => [[one, one]] },
  'same-officer-twice': {
    lock: 'not-approved',
    signers: ([one]) => [
      [one, one],
      [one, one],
    ],
  },
  /** The one signs for the other, who knows of nothing. */
  'forged-approval': {
    lock: 'not-approved',
    signers: ([one, other]) => [
      [one, one],
      [other, one],
    ],
  },
  'one-vantage-point': {
    lock: 'not-enough-evidence',
    change: (opening) => ({ ...opening, vantagePoints: opening.vantagePoints.slice(0, 1) }),
  },
  /** Of an outage that was over ten minutes ago. */
  'old-evidence': {
    lock: 'not-enough-evidence',
    change: (opening) => ({
      ...opening,
      vantagePoints: opening.vantagePoints.map((point) => ({
        ...point,
        observedAt: point.observedAt - 600_000,
      })),
    }),
  },
  'open-for-days': {
    lock: 'bad-expiry',
    change: (opening) => ({ ...opening, expiresAt: opening.expiresAt + 3 * 86_400_000 }),
  },
}

/** Ways to have an outage declared, in which dates may be set back, right in all but one thing. */
const outages: Readonly<
  Record<string, { readonly lock: string; readonly signers?: Attack['signers']; readonly aheadMs?: number }>
> = {
  'outage-by-one': { lock: 'not-approved', signers: ([one]) => [[one, one]] },
  /** The one signs for the other, who knows of nothing. */
  'outage-forged': {
    lock: 'not-approved',
    signers: ([one, other]) => [
      [one, one],
      [other, one],
    ],
  },
  'outage-to-come': { lock: 'in-the-future', aheadMs: 86_400_000 },
}

/** Every attack, by name. */
export const openingAttacks = [...Object.keys(attacks), ...Object.keys(outages)]

/** What must never come of one: the door was opened, an outage declared, or the lock that it was meant for did not see it. */
export const openingAttacksDone = undetected(openingAttacks, 'let-in')

/** Saeol's words for "I have no such door" and "I could not look": they say nothing about a lock. */
const notLookedAt = /^(no-fallback|queue-full|shed|deadline-exceeded|audit-)/

/** Whoever holds the keys of two duty officers and no good reason: each attack in turn, from the first arrival on. */
export const dishonestDutyOfficer: Journey = {
  name: 'dishonest-duty-officer',
  title: 'duty officers who open the password login as they must not',
  entrance: 'official→front',
  // Without the measure there is no door, and nothing is shown.
  succeedsWith: [...openingAttacks.map((name) => `refused-${name}`), 'no-answer', 'no-lie'],
  users: 'dishonest duty officers',
  successIs: 'turned away',
  async run(visit) {
    const name = openingAttacks[visit.index % openingAttacks.length]!
    const attack = attacks[name]
    return visit.step(name, () =>
      attack === undefined ? declare(visit, name) : attempt(visit, name, attack),
    )
  },
}

async function attempt(visit: Visit, name: string, attack: Attack): Promise<string> {
  const officers = (visit.data as People).dutyOfficers as unknown as Officers
  const { lock, change = (opening) => opening, signers = bothSign, isOne = async () => true } = attack
  if (!(await isOne(visit))) return 'no-lie'
  const asked = change(openingOf(visit))
  const approvals = await approvalsOf({ action: 'open-fallback', ...asked }, signers(officers))
  const answer = await post(visit, '/fallback/open', { ...asked, approvals })
  if (answer.status === 201) {
    // The rest of the run is to be as without it.
    await closeAgain(visit, answer.json<{ id: string }>()!.id, officers)
    return `let-in-${name}`
  }
  return refusedOrOverlooked(answer, { name, lock, unable: notLookedAt })
}

/** An outage of an office that nobody works in, so that the rest of the run is as without it. */
async function declare(visit: Visit, name: string): Promise<string> {
  const officers = (visit.data as People).dutyOfficers as unknown as Officers
  const { lock, signers = bothSign, aheadMs = -1000 } = outages[name]!
  const from = new Date(Date.now() + aheadMs).toISOString()
  const asked = { from, office: 'nowhere', system: 'saeol', to: null }
  const approvals = await approvalsOf({ action: 'declare-outage', ...asked }, signers(officers))
  const answer = await post(visit, '/outage-windows', { ...asked, approvals })
  if (answer.status === 201) return `let-in-${name}`
  return refusedOrOverlooked(answer, { name, lock, unable: notLookedAt })
}

/** GPKI verifies, and nobody is told to do without it. */
async function gpkiIsWell({ http, data }: Visit): Promise<boolean> {
  const options = await http('GET', '/login/options', { timeoutMs: patienceMs })
  if (options.json<{ password?: boolean }>()?.password !== false) return false
  // An official of whom nobody else makes use.
  return (await gpkiLogin(http, activeOfficials(data as People).at(-101)!)).session !== undefined
}

/** One in which nothing is wrong, as far as its words go. */
function openingOf({ index }: Visit): Opening {
  const observedAt = Date.now()
  const point = (name: string): Point => ({ error: 'no answer in time', failures: 4, name, observedAt })
  return {
    expiresAt: observedAt + 60_000,
    nonce: `dishonest-duty-officer-${index}`,
    reason: 'GPKI does not verify certificates',
    scope: { offices: ['*'], system: 'saeol' },
    vantagePoints: [point('situation-room'), point('saeol')],
  }
}

async function closeAgain(visit: Visit, opening: string, officers: Officers): Promise<void> {
  const asked = { opening, reason: 'it should never have been opened' }
  const approvals = await approvalsOf({ action: 'close-fallback', ...asked }, [[officers[0], officers[0]]])
  await post(visit, '/fallback/close', { ...asked, approvals })
}

function approvalsOf(subject: object, signers: readonly Signer[]): Promise<object[]> {
  const text = JSON.stringify(subject)
  return Promise.all(
    signers.map(async ([{ id }, { privateKeyPkcs8 }]) => ({
      officer: id,
      signature: await sign(privateKeyPkcs8, text),
    })),
  )
}

function post({ http }: Visit, path: string, json: object): Promise<HttpAnswer> {
  return http('POST', path, { json, timeoutMs: patienceMs })
}
