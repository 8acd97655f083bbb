import { type RequestHandler, Router } from 'express'
import { z } from 'zod'
import { atMost } from '../common/at-most.ts'
import type { Log } from '../common/log.ts'
import { Problem } from '../common/problem.ts'
import { parseBody } from '../common/request.ts'
import { type Backend, type Backends, backendStates } from './backends.ts'
import type { Balancer } from './balancer.ts'

const change = z
  .strictObject({
    weight: z.number().int().min(0).max(1_000).optional(),
    state: z.enum(backendStates).optional(),
  })
  .refine(({ weight, state }) => weight !== undefined || state !== undefined, 'give weight, state or both')

/** † ours: more than a person makes. */
const changes = { requests: 10, inMs: 1_000, now: Date.now }

/** `GET /backends` · `PATCH /backends/:name` · `GET /counters`: what an operator of the switch does. */
export function adminRouter(options: {
  readonly backends: Backends
  readonly balancer: Balancer
  /** Lets operators pass, and nobody else. */
  readonly operators: RequestHandler
  readonly log: Log
}): Router {
  const { backends, balancer, operators, log } = options
  const router = Router()
  router.use(['/backends', '/counters'], operators)
  router.get('/backends', (_request, response) => {
    response.json({ backends: backends.all.map(view) })
  })
  router.patch('/backends/:name', atMost(changes), (request, response) => {
    const { name } = request.params
    const backend = backends.all.find((candidate) => candidate.name === name)
    if (backend === undefined) {
      const names = backends.all.map((candidate) => candidate.name).join(', ')
      throw new Problem(404, 'unknown-backend', `there is no backend '${name}'; there are ${names}`)
    }
    const { weight, state } = parseBody(change, request)
    if (weight !== undefined) backend.weight = weight
    if (state !== undefined) backend.state = state
    if (state === 'down') balancer.drop(backend)
    log.info({ event: 'backend.changed', backend: name, weight, state }, `an operator changed ${name}`)
    response.json(view(backend))
  })
  router.get('/counters', (_request, response) => {
    const byBackend = Object.fromEntries(backends.all.map(({ name, counters }) => [name, counters]))
    response.json({ ...balancer.counters, backends: byBackend })
  })
  return router
}

function view({ name, host, port, weight, state, accepts }: Backend) {
  return { name, address: `${host}:${port}`, weight, state, accepts }
}
