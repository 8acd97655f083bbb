import { Router } from 'express'

/** Longest wait for what the portal watches, in ms; then it opens all the same, for it must start amid an outage too. † ours. */
const longestMs = 5_000

/**
 * `GET /health/open`: 200 once the portal has seen everything that it watches up, 503 before. All start side by side, and a
 * portal that opens at once tells its first citizens that half the country is down.
 * @param now ms, of a clock that only goes forward
 */
export function openingRouter(haveAllBeenUp: () => boolean, now = () => performance.now()): Router {
  const router = Router()
  const startedAt = now()
  router.get('/health/open', (_request, response) => {
    const isOpen = haveAllBeenUp() || now() - startedAt >= longestMs
    response.status(isOpen ? 200 : 503).json({ status: isOpen ? 'open' : 'starting' })
  })
  return router
}
