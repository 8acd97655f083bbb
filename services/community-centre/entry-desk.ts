import { z } from 'zod'
import { createBudget } from '../common/budget.ts'
import { type AtDesk, type Desk, startDesk } from '../common/desk.ts'
import { type Downstream, DownstreamError } from '../common/downstream.ts'
import { deepHealth } from '../common/health.ts'
import type { Log } from '../common/log.ts'
import type { Sabotaged } from '../common/sabotage.ts'
import type { ManualIntakeParameters } from '../measures/manual-intake.ts'
import { receiptSubject, verificationSubject } from '../saeol/ledger/papers.ts'
import type { Clerk } from './clerks/clerk.ts'
import { type KeptReceipt, paperOf, type Receipts } from './receipts/receipts.ts'
import type { TroubleDesk } from './trouble-desk.ts'

type Attempt = 'settled' | 'not-yet' | 'saeol-fails'

/** Longest wait for one answer, in ms. † ours: patient, as nobody stands at the counter for it. */
const patienceMs = 2_000
/** Receipts of one office that its clerks take up before they look whether Saeol still serves. */
const pile = 50

/** What may be right later: an outage is declared afterwards, and a clock that was ahead is caught up with. */
const mendsItself: ReadonlySet<string> = new Set(['outside-window', 'in-the-future'])
/** One receipt in so many is rejected under the sabotage `rejects-receipts`. */
const rejectedOneIn = 3

const entered = z.object({ enteredAt: z.iso.datetime() })
const refusal = z.object({ code: z.string(), problems: z.array(z.string()).optional() })

/** Enters receipts into Saeol once it serves again, behind live work (시스템 소급 입력). */
export function startEntryDesk(options: {
  readonly receipts: Receipts
  readonly saeol: Downstream
  readonly clerks: ReadonlyMap<string, readonly Clerk[]>
  readonly settings: ManualIntakeParameters
  /** For Saeol's deep health. */
  readonly healthToken: string
  /** Told of receipts that are in no declared outage. */
  readonly troubles: TroubleDesk
  readonly sabotaged: Sabotaged
  readonly log: Log
  /** Epoch ms. */
  readonly now: () => number
}): Desk {
  const { receipts, saeol, clerks, settings, troubles, sabotaged, log, now } = options
  const firstOutside = new Map<string, number>()
  const notBefore = new Map<string, number>()
  const counts = { entered: 0, rejected: 0 }

  const budget = (signal: AbortSignal) => createBudget({ totalMs: patienceMs, signal })

  /** Waits for a deep check to be green: entering while logins fail would only add to the queue of live work. */
  async function saeolServes({ signal }: AtDesk): Promise<boolean> {
    try {
      const { status } = await saeol.call(deepHealth(options.healthToken), budget(signal))
      return status === 200
    } catch {
      return false
    }
  }

  async function attempt(
    receipt: KeptReceipt,
    clerk: Clerk,
    verifier: Clerk,
    signal: AbortSignal,
  ): Promise<Attempt> {
    if (sabotaged('rejects-receipts') && Number(receipt.number.slice(-6)) % rejectedOneIn === 0) {
      await settle(receipt, { state: 'rejected', reason: 'outside-window' })
      return 'settled'
    }
    const limit = budget(signal)
    const login = await clerk.session(limit)
    if (!login.ok) return 'saeol-fails'
    const { status, body } = await saeol.call(
      {
        method: 'POST',
        path: '/retroactive-entries',
        headers: { authorization: `Bearer ${login.session.token}` },
        body: entryOf(receipt, clerk, verifier),
      },
      limit,
    )
    if (status === 200 || status === 201) {
      const record = entered.safeParse(body)
      if (!record.success) return 'saeol-fails'
      await settle(receipt, { state: 'entered', enteredAt: Date.parse(record.data.enteredAt) })
      return 'settled'
    }
    if (status === 401) clerk.forget(login.session)
    if (status === 401 || status === 408 || status === 429 || status >= 500) return 'saeol-fails'
    const said = refusal.safeParse(body)
    const { code, problems = [code] } = said.success ? said.data : { code: `status-${status}` }
    if (problems.includes('outside-window')) troubles.note(receipt)
    if (problems.every((problem) => mendsItself.has(problem)) && mayStillBeDeclared(receipt)) return 'not-yet'
    await settle(receipt, { state: 'rejected', reason: code })
    return 'settled'
  }

  function mayStillBeDeclared({ visit }: KeptReceipt): boolean {
    const since = firstOutside.get(visit) ?? now()
    firstOutside.set(visit, since)
    notBefore.set(visit, now() + settings.longestPauseMs)
    return now() - since < settings.windowPatienceMs
  }

  async function settle(receipt: KeptReceipt, settled: Parameters<Receipts['settle']>[1]): Promise<void> {
    if (!(await receipts.settle(receipt, settled))) return
    const { office, number, receivedOn } = receipt
    counts[settled.state] += 1
    log.info(
      { event: `receipt.${settled.state}`, office, number, receivedOn, ...settled },
      `${number} ${settled.state}`,
    )
  }

  /** One clerk goes through the pile; a colleague does the same at the same time. */
  async function goThrough(
    pending: readonly KeptReceipt[],
    clerk: Clerk,
    verifier: Clerk,
    at: AtDesk,
  ): Promise<boolean> {
    const papers = pending.values()
    const hands = Array.from({ length: settings.entriesAtOnce }, () => work(papers, clerk, verifier, at))
    return (await Promise.all(hands)).every(Boolean)
  }

  async function work(
    papers: Iterable<KeptReceipt>,
    clerk: Clerk,
    verifier: Clerk,
    { signal, turn }: AtDesk,
  ): Promise<boolean> {
    for (const { visit } of papers) {
      if (signal.aborted) return true
      // As it stands now: a colleague may have entered it, and the book may have dated it anew.
      const receipt = receipts.find(visit)
      if (receipt?.state !== 'pending') continue
      await turn()
      try {
        if ((await attempt(receipt, clerk, verifier, signal)) === 'saeol-fails') return false
      } catch (error) {
        if (!(error instanceof DownstreamError))
          log.error({ err: error }, `entering ${receipt.number} failed`)
        return false
      }
    }
    return true
  }

  async function round(at: AtDesk): Promise<boolean> {
    const done = await Promise.all(
      Array.from(clerks, async ([office, [first, second]]) => {
        const due = receipts.pending(office).filter(({ visit }) => (notBefore.get(visit) ?? 0) <= now())
        const todo = due.slice(0, pile)
        if (todo.length === 0 || first === undefined || second === undefined) return true
        const both = await Promise.all([
          goThrough(todo, first, second, at),
          goThrough(todo, second, first, at),
        ])
        return both.every(Boolean)
      }),
    )
    await troubles.tell(budget(at.signal))
    return done.every(Boolean)
  }

  function count(): number {
    return [...clerks.keys()].reduce((sum, office) => sum + receipts.pending(office).length, 0)
  }

  return startDesk({
    waiting: count,
    round: async (at) => (await saeolServes(at)) && (await round(at)),
    drained: () => log.info({ event: 'receipts.drained', ...counts }, 'every receipt is settled'),
    // One pace, however many clerks there are: live work comes first.
    perS: settings.entriesPerS,
    longestPauseMs: settings.longestPauseMs,
  })
}

/** The verifier compares the entry with the paper in the book, and signs it with a key of their own. */
function entryOf(receipt: KeptReceipt, clerk: Clerk, verifier: Clerk) {
  const paper = paperOf(receipt)
  const { action: _, ...fields } = receiptSubject(paper)
  return {
    ...fields,
    seal: receipt.seal,
    clerk: clerk.id,
    verifier: verifier.id,
    verifierSignature: verifier.sign(verificationSubject({ ...paper, clerk: clerk.id })),
  }
}
