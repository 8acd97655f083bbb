import { type Request, Router } from 'express'
import { z } from 'zod'
import { atMost } from './at-most.ts'
import type { Log } from './log.ts'
import { Problem } from './problem.ts'
import { parseBody } from './request.ts'
import { requireToken } from './require-token.ts'
import type { Sabotaged } from './sabotage.ts'

/** Defects that an update may bring, each off until an operator switches it on. One process knows its own. */
export interface Switches<N extends string> {
  isOn(name: N): boolean
  /** `GET /switches` · `PATCH /switches/:name` with `{ "on": true }`, for operators. */
  readonly router: Router
}

/** † ours: more than a person makes. */
const changes = { requests: 10, inMs: 1_000, now: Date.now }

const change = z.strictObject({ on: z.boolean() })

/** @param options.token what operators show */
export function createSwitches<N extends string>(options: {
  readonly names: readonly N[]
  readonly token: string
  readonly sabotaged: Sabotaged
  readonly log: Log
}): Switches<N> {
  const { names, log } = options
  const on = new Set<N>()
  const view = (name: N) => ({ name, on: on.has(name) })
  const asked = (request: Request): N => {
    const name = names.find((one) => one === request.params.name)
    if (name === undefined)
      throw new Problem(
        404,
        'unknown-switch',
        `there is no switch '${request.params.name}'; there are ${names.join(', ')}`,
      )
    return name
  }
  const router = Router()
  router.use('/switches', requireToken(options.token, 'this is for operators', options.sabotaged))
  router.get('/switches', (_request, response) => {
    response.json({ switches: names.map(view) })
  })
  router.patch('/switches/:name', atMost(changes), (request, response) => {
    const name = asked(request)
    const wanted = parseBody(change, request).on
    if (wanted) on.add(name)
    else on.delete(name)
    log.info({ event: 'switch.changed', switch: name, on: wanted }, `${name} is ${wanted ? 'on' : 'off'}`)
    response.json(view(name))
  })
  return { isOn: (name) => on.has(name), router }
}
