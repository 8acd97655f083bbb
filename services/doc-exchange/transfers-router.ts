import { type Request, Router } from 'express'
import { z } from 'zod'
import type { Database } from '../common/database.ts'
import type { Log } from '../common/log.ts'
import { Problem } from '../common/problem.ts'
import { parseBody } from '../common/request.ts'
import type { Sabotaged } from '../common/sabotage.ts'
import type { ExchangeOffice } from '../enrolment/exchange.ts'
import { createSignatureCheck } from '../saeol/ledger/papers.ts'
import { digestOf, longestBytes, type Manifest, manifestSchema, manifestSubject } from './manifest.ts'

const announced = z.strictObject({ manifest: manifestSchema, signature: z.string().min(1).max(200) })

/** Every how many documents the sabotage `acknowledges-unkept` keeps none. */
const unkeptOneIn = 5

interface Transfer {
  readonly manifest: Manifest
  readonly content: Buffer
}

interface Options {
  readonly office: ExchangeOffice
  readonly database: Database
  /** Whether what comes is compared with what was announced (`verified-exchange`). */
  readonly verifies: boolean
  readonly sabotaged: Sabotaged
  readonly log: Log
  /** Epoch ms. */
  readonly now: () => number
}

/**
 * The other agency's side. `POST /transfers` announces a document, signed; `PUT /transfers/:id?from=0` brings it, or what
 * was missing; `POST /transfers/:id/complete` asks for the acknowledgement, which says that it is kept for good.
 */
export function transfersRouter(options: Options): Router {
  const { office, database, verifies, sabotaged, log, now } = options
  const { agency, peer } = office
  const isSigned = createSignatureCheck(peer.publicKeySpki)
  const keep = createKeeper(options)
  /** What is coming in, by document, one piece after the other: it is asked about while its connection breaks off. */
  const coming = new Map<string, Promise<void>>()
  const router = Router()

  async function transferOf(request: Request): Promise<Transfer> {
    const [found] = await database.query<Transfer>(
      'select manifest, content from transfers where agency = $1 and id = $2',
      [agency, request.params.id],
    )
    if (found === undefined) throw new Problem(404, 'not-announced', 'announce the document first')
    return found
  }

  /** Its acknowledgement did not get through. */
  async function isKept(id: string): Promise<boolean> {
    const sql = 'select id from received_documents where agency = $1 and id = $2 limit 1'
    return (await database.query(sql, [agency, id])).length > 0
  }

  router.post('/transfers', async (request, response) => {
    const { manifest, signature } = parseBody(announced, request)
    const fits = manifest.sender === peer.agency && manifest.receiver === agency
    if (!(fits && isSigned(manifestSubject(manifest), signature)) && !sabotaged('ignores-sender'))
      throw new Problem(401, 'wrong-signature', 'this was not signed by the other agency for this one')
    await database.query(
      'insert into transfers (agency, id, manifest) values ($1, $2, $3) on conflict do nothing',
      [agency, manifest.id, manifest],
    )
    response.status(201).json({ id: manifest.id })
  })

  /** @returns how much of the document is here afterwards, bytes */
  async function takeIn(request: Request, arriving: Promise<Buffer>): Promise<number> {
    const { manifest, content } = await transferOf(request)
    const from = Number(request.query.from)
    if (from !== content.length) throw new Problem(409, 'wrong-offset', `here are ${content.length} bytes`)
    const piece = await arriving
    if (from + piece.length > manifest.length)
      throw new Problem(413, 'too-long', 'this is longer than was announced')
    await database.query('update transfers set content = content || $3 where agency = $1 and id = $2', [
      agency,
      manifest.id,
      piece,
    ])
    return from + piece.length
  }

  router.put('/transfers/:id', async (request, response) => {
    const { id } = request.params
    const before = coming.get(id)
    // Read at once: a connection that is reset takes with it whatever nobody has read yet.
    const piece = arrivingPart(request)
    const taken = (before ?? Promise.resolve()).then(() => takeIn(request, piece))
    const settled = taken.then(() => {}).catch(() => {})
    coming.set(id, settled)
    try {
      response.json({ bytes: await taken })
    } finally {
      if (coming.get(id) === settled) coming.delete(id)
    }
  })

  router.post('/transfers/:id/complete', async (request, response) => {
    await coming.get(request.params.id)
    if (await isKept(request.params.id)) {
      response.json({ acknowledged: request.params.id })
      return
    }
    const { manifest, content } = await transferOf(request)
    if (verifies && !sabotaged('acknowledges-unverified')) {
      if (content.length < manifest.length) {
        log.info(
          { event: 'document.incomplete', id: manifest.id, bytes: content.length },
          'the rest is missing',
        )
        response.status(409).json({ code: 'incomplete', error: 'the rest is missing', bytes: content.length })
        return
      }
      if (digestOf(content) !== manifest.digest) {
        await database.query('delete from transfers where agency = $1 and id = $2', [agency, manifest.id])
        throw new Problem(422, 'wrong-digest', 'this is not what was announced; send it anew')
      }
    }
    await keep(manifest, content, new Date(now()))
    response.json({ acknowledged: manifest.id })
  })
  return router
}

/** Keeps a document for good; the same one again is the same one. */
function createKeeper({ office, database, sabotaged }: Options) {
  let kept = 0
  return async ({ id, sender, caseId }: Manifest, content: Buffer, at: Date): Promise<void> => {
    kept += 1
    if (sabotaged('acknowledges-unkept') && kept % unkeptOneIn === 0) return
    const times = sabotaged('stores-twice') && kept % unkeptOneIn === 0 ? 2 : 1
    await database.transaction(async (queries) => {
      for (let time = 0; time < times; time++)
        await queries.query(
          `insert into received_documents (agency, id, sender, case_id, content, received_at)
         values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
          [office.agency, id, sender, caseId, content, at],
        )
      await queries.query('delete from transfers where agency = $1 and id = $2', [office.agency, id])
    })
  }
}

/** What comes before the connection breaks off: it is kept, and the rest may follow. */
async function arrivingPart(request: Request): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > longestBytes) break
      chunks.push(chunk)
    }
  } catch {
    // It broke off.
  }
  return Buffer.concat(chunks)
}
