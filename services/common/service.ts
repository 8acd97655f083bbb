import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type Express, type Router } from 'express'
import type { DeadlineParameters } from '../measures/deadlines.ts'
import { budgetMiddleware } from './budget.ts'
import type { BaseConfig } from './config.ts'
import type { Log } from './log.ts'
import { Problem, problemHandler } from './problem.ts'
import { tellsTrouble } from './trace.ts'

/** A service that listens. Disposing stops it gracefully. */
export interface Service extends AsyncDisposable {
  readonly name: string
  readonly url: string
}

/** How long a stop waits for requests in flight, in ms. */
const graceMs = 1_000
const idleCheckMs = 10

/** The common chain around a service's own routers, in the order given. */
export function createApp(options: {
  readonly log: Log
  readonly health: Router
  /** What turns requests away before their bodies are read. */
  readonly guards?: readonly Router[]
  readonly routers: readonly Router[]
  readonly deadlines: DeadlineParameters | undefined
}): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.use(options.health)
  app.use(tellsTrouble(options.log))
  app.use(budgetMiddleware(options.deadlines))
  for (const guard of options.guards ?? []) app.use(guard)
  app.use(express.json({ limit: '256kb' }))
  for (const router of options.routers) app.use(router)
  app.use((request) => {
    throw new Problem(404, 'not-found', `there is no ${request.method} ${request.path}`)
  })
  app.use(problemHandler(options.log))
  return app
}

/**
 * Listens and returns once connections are accepted.
 * @param stop closes what the service opened (pools, stores, timers), after the last request
 * @throws when the port cannot be had
 */
export async function startService(options: {
  readonly config: BaseConfig
  readonly log: Log
  readonly app: Express
  readonly stop?: () => Promise<void>
}): Promise<Service> {
  const { config, log } = options
  const server = await listen(options.app, config.HOST, config.PORT)
  const { port } = server.address() as AddressInfo
  const url = `http://${config.HOST}:${port}`
  log.info({ event: 'service.started', url }, `${config.SERVICE_NAME} listens on ${url}`)
  let stopping: Promise<void> | undefined
  return {
    name: config.SERVICE_NAME,
    url,
    [Symbol.asyncDispose]() {
      stopping ??= (async () => {
        await drain(server)
        await options.stop?.()
        log.info({ event: 'service.stopped' }, `${config.SERVICE_NAME} stopped`)
      })()
      return stopping
    },
  }
}

function listen(app: Express, host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = app.listen(port, host, (error) => (error ? reject(error) : resolve(server)))
  })
}

async function drain(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  // A connection that was in use becomes idle later, and would be kept for the next request.
  const idle = setInterval(() => server.closeIdleConnections(), idleCheckMs)
  const late = setTimeout(() => server.closeAllConnections(), graceMs)
  await closed
  clearInterval(idle)
  clearTimeout(late)
}
