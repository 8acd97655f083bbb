import type { Journey } from '../../harness/index.ts'
import { login, outcomeOf, patienceMs } from './login.ts'
import { activeOfficials, type Official, type Paper, type People, pick } from './people.ts'
import { sign } from './signatures.ts'

/** An entry before the counter and the verifier have signed. */
interface Favour extends Omit<Paper, 'seal'> {
  readonly clerk: string
  readonly verifier: string
  /** Where it is a genuine paper's. */
  readonly seal?: string
}

interface Situation {
  readonly clerk: Official
  /** Of the same office, and in on it unless the favour says otherwise. */
  readonly colleague: Official
  /** Another office. */
  readonly elsewhere: string
  /** A genuine receipt of the office, from a day on which nothing was out of order. */
  readonly oldPaper: Paper
}

interface Way {
  /** What must hold against it; Saeol names all that is wrong with an entry, so that each lock is seen by itself. */
  readonly lock: string
  readonly change: (at: Situation) => Partial<Favour>
  /** The clerk signs in the colleague's name. */
  readonly alone?: boolean
}

const dayMs = 24 * 3600 * 1000

/** Ways to enter a case for a friend, as right as they can be made in all but one thing. */
const ways: Readonly<Record<string, Way>> = {
  'old-paper': { lock: 'outside-window', change: ({ oldPaper }) => oldPaper },
  'date-to-come': {
    lock: 'in-the-future',
    change: () => ({ receivedOn: new Date(Date.now() + dayMs).toISOString() }),
  },
  /** A number below every other, on a moment of the outage: the first rank of all. */
  'first-number': { lock: 'not-in-the-book', change: () => ({ receiptNumber: 'favour-000000' }) },
  /** A number above every other: whatever is received after it would be out of sequence. */
  'high-number': { lock: 'not-in-the-book', change: () => ({ receiptNumber: 'favour-999999999' }) },
  'own-verifier': { lock: 'not-verified', change: () => ({}), alone: true },
  'one-person': { lock: 'four-eyes', change: ({ clerk }) => ({ verifier: clerk.id }) },
  'other-office': { lock: 'not-of-this-office', change: ({ elsewhere }) => ({ office: elsewhere }) },
  "colleague's-desk": {
    lock: 'not-your-entry',
    change: ({ clerk, colleague }) => ({ clerk: colleague.id, verifier: clerk.id }),
  },
}

/** Every way to do a favour, by name. */
export const favours = Object.keys(ways)

/** What must never come of one: the entry was made, or the lock that it was meant for did not see it. */
export const favoursDone = ['backdated', ...favours.map((name) => `overlooked-${name}`)]

/** Officials of the middle of the list: the first ones serve visitors, the last ones are attacked. */
const corruptOnes = { from: 300, count: 200 }

/** A clerk who does a friend a favour: enters what no counter wrote, or not on such a day. Must be refused. */
export const clerkBackdates: Journey = {
  name: 'clerk-backdates',
  title: 'a clerk enters a case for a friend',
  entrance: 'official→front',
  succeedsWith: [...favours.map((name) => `refused-${name}`), 'not-logged-in'],
  users: 'backdating clerks',
  successIs: 'refused',
  async run({ http, data, index, random, step }) {
    const people = data as People
    const active = activeOfficials(people)
    const clerk = active[(corruptOnes.from + (index % corruptOnes.count)) % active.length]!
    const entered = await step('login', () => login(http, clerk))
    if (entered.session === undefined) return 'not-logged-in'

    const name = favours[index % favours.length]!
    const residentId = pick(people.residents, random)
    const json = await favourOf(ways[name]!, situationOf(people, clerk), { residentId, index })
    const answer = await step('entry', () =>
      http('POST', '/retroactive-entries', {
        json,
        headers: { authorization: `Bearer ${entered.session}` },
        timeoutMs: patienceMs,
      }),
    )
    if (answer.status === 201 || answer.status === 200) return 'backdated'
    const problems = answer.json<{ problems?: readonly string[] }>()?.problems
    if (problems === undefined) return outcomeOf(answer)
    if (!problems.includes(ways[name]!.lock)) return `overlooked-${name}`
    const { office, receiptNumber } = json
    return { outcome: `refused-${name}`, took: `${clerk.id} ${office}/${receiptNumber}` }
  },
}

function situationOf(people: People, clerk: Official): Situation {
  const active = activeOfficials(people)
  return {
    clerk,
    colleague: active.find(({ id, office }) => office === clerk.office && id !== clerk.id)!,
    elsewhere: active.find(({ office }) => office !== clerk.office)!.office,
    oldPaper: people.oldPapers.find(({ office }) => office === clerk.office)!,
  }
}

async function favourOf(
  { change, alone = false }: Way,
  situation: Situation,
  { residentId, index }: { residentId: string; index: number },
): Promise<Favour & { readonly verifierSignature: string }> {
  const { clerk, colleague } = situation
  const { seal, ...favour }: Favour = {
    office: clerk.office,
    receiptNumber: `favour-${String(index).padStart(6, '0')}`,
    receivedOn: new Date(Date.now() - 1).toISOString(),
    residentId,
    kind: 'fixed-date',
    visit: `favour-${index}`,
    clerk: clerk.id,
    verifier: colleague.id,
    ...change(situation),
  }
  const { kind, office, receiptNumber, receivedOn, visit, ...people } = favour
  // In the form that Saeol checks: canonical JSON, keys in their order.
  const paper = { kind, office, receiptNumber, receivedOn, residentId: favour.residentId, visit }
  const verification = JSON.stringify({ action: 'verify-entry', clerk: people.clerk, ...paper })
  const verifier = !alone && people.verifier === colleague.id ? colleague : clerk
  return {
    ...favour,
    // No clerk has the key of a counter.
    seal: seal ?? (await sign(clerk.privateKeyPkcs8, JSON.stringify({ action: 'write-receipt', ...paper }))),
    verifierSignature: await sign(verifier.privateKeyPkcs8, verification),
  }
}
