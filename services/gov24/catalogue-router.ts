import { type RequestHandler, Router } from 'express'
import type { Capacity } from '../common/capacity.ts'
import { Problem } from '../common/problem.ts'
import type { Sabotaged } from '../common/sabotage.ts'
import type { Gov24Work } from './capacity.ts'
import type { PortalService } from './catalogue.ts'
import { type Standing, stateOf } from './states.ts'

/**
 * `GET /services` and `GET /services/:id`: every service with its state, and another way that is open now where the
 * measure `alternative-site` is on. With it, the page is there without a worker: it is for whoever the workers keep waiting.
 */
export function catalogueRouter(options: {
  readonly services: ReadonlyMap<string, PortalService>
  readonly standing: () => Standing
  readonly capacity: Capacity<Gov24Work>
  readonly sabotaged: Sabotaged
}): Router {
  const { services, standing, capacity, sabotaged } = options
  const router = Router()
  let made = { of: '', page: '' }

  /** The whole page is made anew only when a state has changed. */
  function page(): string {
    const now = standing()
    const of = JSON.stringify(now)
    if (made.of !== of) {
      const entries = Array.from(services.values(), (service) => stateOf(service, now, sabotaged))
      made = { of, page: JSON.stringify({ services: entries }) }
    }
    return made.page
  }

  const atOnce: RequestHandler = (_request, _response, next) => next()
  const turn = standing().sites === undefined ? capacity.slot('catalogue') : atOnce
  router.get('/services', turn, (_request, response) => {
    response.type('application/json').send(page())
  })
  router.get('/services/:id', turn, (request, response) => {
    const service = services.get(String(request.params.id))
    if (service === undefined) {
      throw new Problem(404, 'not-found', `the portal has no service ${request.params.id}`)
    }
    response.json(stateOf(service, standing(), sabotaged))
  })
  return router
}
