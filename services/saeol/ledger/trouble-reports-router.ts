import { Router } from 'express'
import { z } from 'zod'
import { Problem } from '../../common/problem.ts'
import { parseBody } from '../../common/request.ts'
import { requireToken } from '../../common/require-token.ts'
import type { SaeolDeps } from '../deps.ts'
import { createSignatureCheck } from './papers.ts'
import { keepTroubleReport, openTroubleReports, troubleSubject } from './trouble-reports.ts'

const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text))

/** The longest trouble that one report tells of, in ms. † ours: a day; then it must be told again. */
const longestMs = 86_400_000

const requestBody = z
  .strictObject({
    office: z.string().min(1).max(100),
    from: moment,
    to: moment,
    receipts: z.number().int().min(1).max(1_000_000),
    /** The counter's signature of `troubleSubject`. */
    seal: z.string().min(1).max(200),
  })
  .refine(({ from, to }) => from <= to && to.getTime() - from.getTime() <= longestMs, {
    path: ['to'],
    message: 'must not be before from, nor more than a day after it',
  })

/**
 * `POST /trouble-reports`: a counter that wrote receipts while no outage was declared says so, and the duty officers
 * may declare one for its office. `GET`, for the situation room, lists what is in no declared outage yet. Needs no worker
 * slot, and no more CPU from strangers than any other request: one look at a signature.
 */
export function troubleReportsRouter(deps: SaeolDeps): Router {
  const { database, register, audit, log, now, config, sabotaged } = deps
  const counters = new Map(
    register.counters.map(({ office, publicKeySpki }) => [office, createSignatureCheck(publicKeySpki)]),
  )
  const forTheRoom = requireToken(config.ROOM_TOKEN, 'this is for the situation room', sabotaged)
  const router = Router()

  router.post('/trouble-reports', async (request, response) => {
    const { seal, ...report } = parseBody(requestBody, request)
    const subject = troubleSubject(report)
    if (counters.get(report.office)?.(subject, seal) !== true) {
      throw new Problem(403, 'not-signed', `the counter of ${report.office} did not sign this`)
    }
    if (report.to.getTime() > now()) {
      throw new Problem(422, 'in-the-future', 'trouble is reported once it was there')
    }
    const isNew = await database.transaction(async (queries) => {
      const kept = await keepTroubleReport(queries, report, new Date(now()))
      if (kept) await audit.within(queries, 'trouble.reported', subject)
      return kept
    })
    if (isNew) log.info({ event: 'trouble.reported', ...subject }, `trouble at ${report.office}`)
    response.status(isNew ? 201 : 200).json({})
  })

  router.get('/trouble-reports', forTheRoom, async (_request, response) => {
    response.json({ troubleReports: await openTroubleReports(database) })
  })
  return router
}
