import type { Http, HttpAnswer, Journey, Visit } from '../../harness/index.ts'
import { undetected } from './locks.ts'
import { outcomeOf, patienceMs } from './login.ts'
import type { DutyOfficer, People } from './people.ts'
import { sign } from './signatures.ts'

type Officers = readonly [DutyOfficer, DutyOfficer]
type Signer = readonly [name: DutyOfficer, key: DutyOfficer]

interface Way {
  /** The system's word for what is wrong. */
  readonly lock: string
  readonly signers: (officers: Officers) => readonly Signer[]
}

/** Orders of their own, right in all but one thing. */
const ways: Readonly<Record<string, Way>> = {
  'one-approval': { lock: 'not-approved', signers: ([one]) => [[one, one]] },
  /** The one signs for the other, who knows of nothing. */
  'forged-approval': {
    lock: 'not-approved',
    signers: ([one, other]) => [
      [one, one],
      [other, one],
    ],
  },
  /** All in order, but for the outage, of which there was none. */
  unmeasured: {
    lock: 'not-measured',
    signers: ([one, other]) => [
      [one, one],
      [other, other],
    ],
  },
}

/** Ways to move a closing time as must not be; `replayed` sends once more what was ordered lawfully. */
const waysToExtend = [...Object.keys(ways), 'replayed']

/** Ways that are there to be tried in every arm with the measure, by the outcome of one that was refused. */
export const refusedExtensions = Object.keys(ways).map((way) => `refused-${way}`)

/** What must never come of one. */
export const extendedUnlawfully = undetected(waysToExtend, 'extended')

/** Whoever holds the keys of two duty officers, or has read an order, and means no good. */
export const dishonestExtension: Journey = {
  name: 'dishonest-extension',
  title: 'duty officers who move closing times as they must not',
  entrance: 'company→procurement-front',
  succeedsWith: [...refusedExtensions, 'refused-replayed', 'nothing-to-replay', 'no-answer'],
  users: 'dishonest duty officers',
  successIs: 'turned away',
  run(visit) {
    const name = waysToExtend[visit.index % waysToExtend.length]!
    return visit.step(name, () => (name === 'replayed' ? replay(visit.http) : attempt(visit, name)))
  },
}

async function attempt({ http, data }: Visit, name: string): Promise<string> {
  const { lock, signers } = ways[name]!
  const anHourAgo = Date.now() - 3_600_000
  const at = (ms: number): string => new Date(ms).toISOString()
  // Keys in their order: so signed, in the form that is checked.
  const order = {
    closesAt: at(Date.now() + 60_000),
    from: at(anHourAgo),
    system: 'procurement',
    to: at(anHourAgo + 10_000),
  }
  const text = JSON.stringify({ action: 'extend-closings', ...order })
  const signatures = signers((data as People).dutyOfficers as unknown as Officers)
  const approvals = await Promise.all(
    signatures.map(async ([{ id }, { privateKeyPkcs8 }]) => ({
      officer: id,
      signature: await sign(privateKeyPkcs8, text),
    })),
  )
  const answer = await post(http, { ...order, approvals })
  if (answer.status === 201 || answer.status === 200) return `extended-${name}`
  const why = outcomeOf(answer)
  if (isNoWord(answer, why)) return 'no-answer'
  return why === lock ? `refused-${name}` : `overlooked-${name}`
}

/** The last order that was published, as it was. */
async function replay(http: Http): Promise<string> {
  const published = await http('GET', '/extension-orders', { timeoutMs: patienceMs })
  const order = published.json<{ orders?: readonly object[] }>()?.orders?.at(-1)
  if (order === undefined) return published.status === 200 ? 'nothing-to-replay' : 'no-answer'
  const answer = await post(http, order)
  const moved = answer.json<{ moved?: number }>()?.moved
  if (answer.status === 200 && moved === 0) return 'refused-replayed'
  if (isNoWord(answer, outcomeOf(answer))) return 'no-answer'
  return answer.status < 300 ? 'extended-replayed' : 'overlooked-replayed'
}

/** Without the measure nothing is ordered; and whoever could not look says nothing about a lock. */
function isNoWord({ status }: HttpAnswer, why: string): boolean {
  return status === 0 || status >= 500 || /^(no-extensions|source-quota|too-many)$/.test(why)
}

function post(http: Http, json: object): Promise<HttpAnswer> {
  return http('POST', '/extension-orders', { json, timeoutMs: patienceMs })
}
