import { Router } from 'express'
import { z } from 'zod'
import type { Capacity } from '../common/capacity.ts'
import type { Database } from '../common/database.ts'
import { Problem } from '../common/problem.ts'
import { parseBody } from '../common/request.ts'
import { requireToken } from '../common/require-token.ts'
import type { Sabotaged } from '../common/sabotage.ts'
import type { ExchangeOffice } from '../enrolment/exchange.ts'

const handedIn = z.strictObject({
  id: z.string().regex(/^[\w.-]{1,100}$/),
  caseId: z.string().min(1).max(100),
  content: z.string().max(200_000),
})

/** `POST /documents` hands one in for the other agency, `GET /documents/:id` opens one that came: for the agency's own clerks. */
export function clerksRouter(options: {
  readonly office: ExchangeOffice
  readonly database: Database
  readonly capacity: Capacity<'document'>
  /** Whether there is a way to the other agency. */
  readonly sends: boolean
  readonly sabotaged: Sabotaged
  /** Epoch ms. */
  readonly now: () => number
}): Router {
  const { office, database, capacity, sends, now } = options
  const { agency } = office
  const clerks = requireToken(office.clerksToken, 'this is for the clerks of this agency', options.sabotaged)
  const router = Router()

  router.post('/documents', clerks, capacity.slot('document'), async (request, response) => {
    if (!sends) throw new Problem(422, 'only-receives', 'this exchange has no way to the other agency')
    const { id, caseId, content } = parseBody(handedIn, request)
    const bytes = Buffer.from(content)
    const [kept] = await database.query(
      `insert into sent_documents (agency, id, case_id, content, handed_in_at) values ($1, $2, $3, $4, $5)
       on conflict do nothing returning id`,
      [agency, id, caseId, bytes, new Date(now())],
    )
    if (kept === undefined) {
      const same = await database.query(
        'select id from sent_documents where agency = $1 and id = $2 and case_id = $3 and content = $4',
        [agency, id, caseId, bytes],
      )
      if (same.length === 0) throw new Problem(422, 'id-reused', 'this id is that of another document')
    }
    response.status(kept === undefined ? 200 : 202).json({ id })
  })

  router.get('/documents/:id', clerks, capacity.slot('document'), async (request, response) => {
    const [found] = await database.query<{ sender: string; caseId: string; content: Buffer }>(
      `select sender, case_id as "caseId", content from received_documents
       where agency = $1 and id = $2 order by number limit 1`,
      [agency, request.params.id],
    )
    if (found === undefined) throw new Problem(404, 'not-here', 'no such document has come')
    response.json({ id: request.params.id, ...found, content: found.content.toString() })
  })
  return router
}
