import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Router } from 'express'
import { Problem } from '../../common/problem.ts'
import type { SaeolDeps } from '../deps.ts'

/** The pop-ups every official met on opening Saeol, and what hung on them to download. */
const notices = [
  { id: 'notice-1', title: '새올행정시스템 이용 안내', download: 'guide' },
  { id: 'notice-2', title: '민원 처리 지연에 따른 협조 요청', download: 'cooperation' },
  { id: 'notice-3', title: '확정일자 접수 처리 기준', download: 'fixed-date-rules' },
]

const chunkBytes = 16 * 1024
/** Size of each download. † ours: a form of a few pages. */
const chunks = 6

/**
 * `GET /notices` and `GET /downloads/:id`: what held the connections on 22 November (T10). Saeol's first page shows them
 * to whoever opens it, before any login, so they ask for no session; that they take workers all the same is the fault of
 * that day, and keeping those for certificates is what `load-shedding` is for.
 */
export function noticesRouter({ capacity }: SaeolDeps): Router {
  const router = Router()
  router.get('/notices', capacity.slot('notice'), (_request, response) => {
    response.json({ notices })
  })
  router.get('/downloads/:id', capacity.slot('download'), async (request, response) => {
    const notice = notices.find(({ download }) => download === request.params.id)
    if (notice === undefined) throw new Problem(404, 'not-found', `there is no download ${request.params.id}`)
    response.type('application/octet-stream').setHeader('Content-Length', chunkBytes * chunks)
    // A reader who leaves, or a link that is cut, is no error of ours.
    await pipeline(Readable.from(content(notice.download)), response).catch(() => response.destroy())
  })
  return router
}

/** The same bytes for the same download, without keeping any. */
function* content(id: string): Generator<Buffer> {
  for (let index = 0; index < chunks; index++) {
    const block = createHash('sha512').update(`${id} ${index}`).digest()
    yield Buffer.alloc(chunkBytes, block)
  }
}
