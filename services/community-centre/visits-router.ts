import { type Response, Router } from 'express'
import { z } from 'zod'
import { type Budget, budget, createBudget } from '../common/budget.ts'
import type { Capacity } from '../common/capacity.ts'
import type { Log } from '../common/log.ts'
import { Problem } from '../common/problem.ts'
import { idempotencyKey, parseBody } from '../common/request.ts'
import type { Sabotaged } from '../common/sabotage.ts'
import type { ManualIntakeParameters } from '../measures/manual-intake.ts'
import { certificateKind } from '../saeol/certificates/kinds.ts'
import type { Served, Visit } from './counter.ts'
import type { Receipt, Receipts } from './receipts/receipts.ts'

const requestBody = z.strictObject({
  residentId: z.string().min(1).max(100),
  kind: certificateKind,
  /** Which office the visitor went to; any of the centre's when missing. */
  office: z.string().min(1).max(100).optional(),
})

type Answer =
  | { readonly outcome: 'certificate'; readonly certificate: unknown }
  | { readonly outcome: 'receipt'; readonly receipt: Receipt }

/** One visitor in so many gets a receipt under the sabotage, whether or not Saeol serves. */
const sentHomeOneIn = 4
const sentHome: Served = { outcome: 'unavailable', reason: 'the counter closes early today' }

/** `POST /visits`: a visitor leaves with a certificate, with a receipt, or (without manual intake) with nothing. */
export function visitsRouter(options: {
  readonly offices: readonly string[]
  readonly serve: (visit: Visit, budget: Budget) => Promise<Served>
  readonly capacity: Capacity<'visit'>
  readonly receipts: Receipts
  readonly manualIntake: ManualIntakeParameters | undefined
  readonly sabotaged: Sabotaged
  readonly log: Log
}): Router {
  const { offices, serve, capacity, receipts, manualIntake, sabotaged, log } = options
  const underWay = new Map<string, { readonly visit: Visit; readonly answering: Promise<Answer> }>()
  let visits = 0
  let answered = 0
  const router = Router()

  router.post('/visits', capacity.slot('visit'), async (request, response) => {
    const asked = parseBody(requestBody, request)
    const key = idempotencyKey(request)
    const visit = { ...asked, office: asked.office ?? offices[visits++ % offices.length]!, key }
    if (!offices.includes(visit.office)) {
      throw new Problem(422, 'unknown-office', `no counter of ${visit.office} is here`)
    }
    const earlier = underWay.get(key)
    if (earlier !== undefined && !sabotaged('shares-visits')) requireSameVisit(earlier.visit, asked)
    const { answering } = earlier ?? begin(visit, budget(response))
    send(response, await answering)
  })

  function begin(visit: Visit, own: Budget) {
    const begun = { visit, answering: answer(visit, own).finally(() => underWay.delete(visit.key)) }
    underWay.set(visit.key, begun)
    return begun
  }

  async function answer(visit: Visit, own: Budget): Promise<Answer> {
    const earlier = receipts.find(visit.key)
    if (earlier !== undefined) {
      requireSameVisit(earlier, visit)
      return { outcome: 'receipt', receipt: earlier }
    }
    const served = isSentHome() ? sentHome : await serveWithin(visit, own)
    if (served.outcome === 'issued') return { outcome: 'certificate', certificate: served.certificate }
    if (served.outcome === 'refused') throw new Problem(422, served.code, served.reason)
    if (manualIntake === undefined) throw new Problem(503, 'saeol-unavailable', served.reason)
    const { office, residentId, kind } = visit
    const receipt = await receipts.write({ office, residentId, kind, visit: visit.key })
    const { number, receivedOn } = receipt
    log.info({ event: 'receipt.written', office, number, receivedOn }, `${number}: ${served.reason}`)
    return { outcome: 'receipt', receipt }
  }

  /** While Saeol serves nobody is, but under the sabotage `sends-home`. */
  function isSentHome(): boolean {
    answered += 1
    return sabotaged('sends-home') && manualIntake !== undefined && answered % sentHomeOneIn === 0
  }

  /** With manual intake nobody waits for Saeol longer than its budget, whatever hangs. */
  async function serveWithin(visit: Visit, own: Budget): Promise<Served> {
    if (manualIntake === undefined) return serve(visit, own)
    const totalMs = Math.min(manualIntake.budgetMs, own.remainingMs() ?? Infinity)
    const hopMs = Math.min(totalMs, own.hopMs() ?? Infinity)
    const { promise: tooLate, resolve } = Promise.withResolvers<Served>()
    const late = new AbortController()
    const timer = setTimeout(() => {
      resolve({ outcome: 'unavailable', reason: `Saeol did not serve within ${Math.round(totalMs)} ms` })
      // What is still under way must not issue a certificate to somebody who leaves with a receipt.
      late.abort()
    }, totalMs)
    try {
      return await Promise.race([
        serve(visit, createBudget({ totalMs, hopMs, signal: late.signal, traceparent: own.traceparent })),
        tooLate,
      ])
    } finally {
      clearTimeout(timer)
    }
  }
  return router
}

/**
 * A key stands for one visitor: nobody gets what was written or issued for another (F15).
 * @throws Problem 422 when somebody else's visit has this key
 */
function requireSameVisit(
  earlier: Pick<Visit, 'residentId' | 'kind'>,
  asked: Pick<Visit, 'residentId' | 'kind'>,
): void {
  if (earlier.residentId === asked.residentId && earlier.kind === asked.kind) return
  throw new Problem(422, 'idempotency-key-reused', 'this Idempotency-Key was used for another visit')
}

function send(response: Response, answer: Answer): void {
  if (answer.outcome === 'certificate') {
    response.status(201).json({ certificate: answer.certificate })
    return
  }
  const { office, number, receivedOn, residentId, kind, seal } = answer.receipt
  response.status(202).json({
    receipt: { office, number, receivedOn: new Date(receivedOn).toISOString(), residentId, kind, seal },
  })
}
