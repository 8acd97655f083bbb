import { type RequestHandler, Router } from 'express'
import { z } from 'zod'
import { Problem } from '../common/problem.ts'
import { parseBody } from '../common/request.ts'
import type { Desk } from './desk.ts'

const deskBody = z.strictObject({ muted: z.boolean() })

/** `GET /desks` · `PATCH /desks/:number`: mutes a desk's bell, as somebody did before the fault of F12, or has it ring again. */
export function desksRouter(desks: readonly Desk[], watchers: RequestHandler): Router {
  const router = Router()
  router.get('/desks', watchers, (_request, response) => {
    response.json({ desks: desks.map(({ number, muted }) => ({ desk: number, muted })) })
  })
  router.patch('/desks/:number', watchers, (request, response) => {
    const desk = desks.find(({ number }) => String(number) === request.params.number)
    if (desk === undefined) throw new Problem(404, 'not-found', `there is no desk ${request.params.number}`)
    desk.muted = parseBody(deskBody, request).muted
    response.json({ desk: desk.number, muted: desk.muted })
  })
  return router
}
