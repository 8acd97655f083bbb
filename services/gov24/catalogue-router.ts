import { Router } from 'express'
import type { Capacity } from '../common/capacity.ts'
import { Problem } from '../common/problem.ts'
import type { Gov24Work } from './capacity.ts'
import type { Backend, PortalService } from './catalogue.ts'
import { type BackendStates, stateOf } from './states.ts'

/** `GET /services` and `GET /services/:id`: every service with its state and another way that is open now. */
export function catalogueRouter(options: {
  readonly services: ReadonlyMap<string, PortalService>
  readonly backends: BackendStates
  /** See `stateOf`. */
  readonly keeps: readonly Backend[]
  readonly capacity: Capacity<Gov24Work>
}): Router {
  const { services, backends, keeps, capacity } = options
  const router = Router()
  let made = { of: '', page: '' }

  /** The whole page is made anew only when a state has changed. */
  function page(): string {
    const of = JSON.stringify(backends)
    if (made.of !== of) {
      const entries = Array.from(services.values(), (service) => stateOf(service, backends, keeps))
      made = { of, page: JSON.stringify({ services: entries }) }
    }
    return made.page
  }

  router.get('/services', capacity.slot('catalogue'), (_request, response) => {
    response.type('application/json').send(page())
  })
  router.get('/services/:id', capacity.slot('catalogue'), (request, response) => {
    const service = services.get(String(request.params.id))
    if (service === undefined) {
      throw new Problem(404, 'not-found', `the portal has no service ${request.params.id}`)
    }
    response.json(stateOf(service, backends, keeps))
  })
  return router
}
