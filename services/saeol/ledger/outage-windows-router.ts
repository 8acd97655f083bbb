import { Router } from 'express'
import { z } from 'zod'
import { Problem } from '../../common/problem.ts'
import { parseBody } from '../../common/request.ts'
import type { SaeolDeps } from '../deps.ts'
import { approvalsSchema, verifyApprovals } from '../fallback/approvals.ts'
import type { DutyDoor } from '../fallback/duty-door.ts'
import {
  declareOutageWindow,
  type OutageWindow,
  outageWindowSubject,
  outageWindows,
} from './outage-windows.ts'

const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text))

const requestBody = z
  .strictObject({
    system: z.string().min(1).max(100),
    /** An office's id, or `*`. */
    office: z.string().min(1).max(100),
    from: moment,
    to: moment.nullable(),
    approvals: approvalsSchema,
  })
  .refine(({ from, to }) => to === null || from <= to, { path: ['to'], message: 'must not be before from' })

/**
 * `POST /outage-windows`: two duty officers declare an outage, or the end of the one they declared, by signing
 * `outageWindowSubject`. Needs no worker slot, as it is asked for when there are none. `GET` lists them.
 */
export function outageWindowsRouter(
  deps: SaeolDeps & { readonly dutyDoor: Pick<DutyDoor, 'refused'> },
): Router {
  const { database, register, dutyDoor, audit, log, now, sabotaged } = deps
  const router = Router()

  router.post('/outage-windows', async (request, response) => {
    const { approvals, ...window } = parseBody(requestBody, request)
    const subject = outageWindowSubject(window)
    const verdict = verifyApprovals({ dutyOfficers: register.dutyOfficers, subject, approvals })
    if (!verdict.ok && !sabotaged('unapproved-outage')) {
      const facts = { ...subject, problem: verdict.problem }
      await dutyDoor.refused('outage-window.refused', facts, verdict.officers)
      throw new Problem(403, 'not-approved', verdict.problem)
    }
    const isToCome = Math.max(window.from.getTime(), window.to?.getTime() ?? 0) > now()
    if (isToCome && !sabotaged('outage-to-come')) {
      throw new Problem(
        422,
        'in-the-future',
        'an outage is declared when it has begun, and closed when it is over',
      )
    }
    const facts = { ...subject, officers: verdict.officers }
    const declared = await database.transaction(async (queries) => {
      const done = await declareOutageWindow(queries, window, verdict.officers, new Date(now()))
      if (done === 'declared' || done === 'closed')
        await audit.within(queries, `outage-window.${done}`, facts)
      return done
    })
    if (declared === 'already-closed-differently') {
      throw new Problem(409, 'window-closed', 'this window was closed at another time, and stays as it is')
    }
    if (declared !== 'unchanged') {
      log.info({ event: `outage-window.${declared}`, ...facts }, `outage of ${window.system} ${declared}`)
    }
    response.status(declared === 'declared' ? 201 : 200).json(view(window))
  })

  router.get('/outage-windows', async (_request, response) => {
    response.json({ outageWindows: (await outageWindows(database)).map(view) })
  })
  return router
}

function view({ system, office, from, to }: OutageWindow) {
  return { system, office, from, to }
}
