/** Papers that a counter really signed, and that contradict what was entered: tried once the arm's load has ended. */
import { readFile } from 'node:fs/promises'
import type { Http, InvariantReader } from '../../harness/index.ts'
import { readCentre } from '../../services/enrolment/centre.ts'
import {
  createSigner,
  type Paper,
  receiptSubject,
  verificationSubject,
} from '../../services/saeol/ledger/papers.ts'
import { gpkiLogin } from '../journeys/login.ts'
import { activeOfficials, type Official, type People } from '../journeys/people.ts'
import { atClose, type Entry, entriesOf, facts, receiptsAtClose, rows, type Topology } from './read.ts'

/** A paper that must not be entered, and Saeol's word for what is wrong with it. */
interface Attempt {
  readonly is: string
  readonly lock: string
  readonly paper: Paper
}

interface Windows {
  /** When the last declared outage ended; null where none was declared. */
  readonly endedAt: Date | null
  readonly open: boolean
}

/** The outage windows once the situation room has had its time to have the last one ended. */
function windowsAtClose(topology: Topology, signal: AbortSignal): Promise<Windows> {
  const look = async (): Promise<Windows> => {
    const [windows] = await rows<Windows>(
      topology,
      `select max(to_at) as "endedAt", coalesce(bool_or(to_at is null), false) as open from outage_windows`,
    )
    return windows!
  }
  return atClose(look, ({ open }) => !open, signal)
}

export const latePaperInvariants: Readonly<Record<string, InvariantReader>> = {
  'papers that contradict the ledger are refused': async (topology, signal) => {
    await receiptsAtClose(topology, signal)
    const { open, endedAt } = await windowsAtClose(topology, signal)
    // While an outage lasts, what is received now is received in it.
    if (open) return facts([], [], 'an outage still lasts')
    const attempts = attemptsAt(await entriesOf(topology), endedAt ?? new Date())
    const words: string[] = []
    for (const attempt of attempts) words.push(...(await tryIt(topology, attempt, signal)))
    return facts(attempts, words, `${attempts.length} papers with a counter's own signature tried`)
  },
}

/** @param endedAt when the last outage was over */
function attemptsAt(entries: readonly Entry[], endedAt: Date): Attempt[] {
  const last = entries.at(-1)
  const office = last?.office
  if (last === undefined || office === undefined) return []
  const paper: Paper = {
    office,
    receiptNumber: last.number,
    receivedOn: last.receivedOn,
    residentId: last.residentId,
    kind: last.kind,
    visit: `late-paper-${last.number}`,
  }
  return [
    {
      is: 'received after the outage had ended',
      lock: 'outside-window',
      paper: { ...paper, receiptNumber: 'late-900000', receivedOn: new Date(endedAt.getTime() + 1) },
    },
    { is: 'with a number that stands for another visit', lock: 'receipt-differs', paper },
    {
      is: 'with a number above all, and a date before them',
      lock: 'out-of-sequence',
      paper: {
        ...paper,
        receiptNumber: 'late-900001',
        receivedOn: new Date(Math.min(...ofOffice(entries, office)) - 1),
      },
    },
  ]
}

function ofOffice(entries: readonly Entry[], office: string): number[] {
  return entries.filter((one) => one.office === office).map(({ receivedOn }) => receivedOn.getTime())
}

/** @returns what is wrong, in words; nothing where it was refused for what it is */
async function tryIt(
  topology: Topology,
  { is, lock, paper }: Attempt,
  signal: AbortSignal,
): Promise<string[]> {
  const people = JSON.parse(await readFile(topology.files.people!, 'utf8')) as People
  const { counters } = await readCentre(topology.files.centre!)
  const colleagues = activeOfficials(people).filter(({ office }) => office === paper.office)
  const [clerk, verifier] = colleagues.slice(-2) as [Official, Official]
  const counter = counters.find(({ office }) => office === paper.office)!
  const http = httpOf(topology.direct('saeol'), signal)
  const entered = await gpkiLogin(http, clerk)
  if (entered.session === undefined) throw new Error(`${clerk.id} could not log in: ${entered.why}`)
  const { action: _, ...fields } = receiptSubject(paper)
  const json = {
    ...fields,
    seal: createSigner(counter.privateKeyPkcs8)(receiptSubject(paper)),
    clerk: clerk.id,
    verifier: verifier.id,
    verifierSignature: createSigner(verifier.privateKeyPkcs8)(
      verificationSubject({ ...paper, clerk: clerk.id }),
    ),
  }
  const headers = { authorization: `Bearer ${entered.session}` }
  const answer = await http('POST', '/retroactive-entries', { json, headers, timeoutMs: 5000 })
  const problems = answer.json<{ problems?: readonly string[] }>()?.problems ?? []
  return answer.status === 422 && problems.includes(lock)
    ? []
    : [`a paper ${is} was answered ${answer.status} ${problems.join(', ')}, not refused as ${lock}`]
}

/** As journeys have it, past the links. */
function httpOf(url: string, signal: AbortSignal): Http {
  return async (method, path, { json, headers = {}, timeoutMs = 5000 } = {}) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { ...headers, ...(json !== undefined && { 'content-type': 'application/json' }) },
      ...(json !== undefined && { body: JSON.stringify(json) }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    })
    const text = await answer.text()
    return {
      status: answer.status,
      header: (name) => answer.headers.get(name) ?? undefined,
      json: <T>() => {
        try {
          return JSON.parse(text) as T
        } catch {
          return undefined
        }
      },
    }
  }
}
