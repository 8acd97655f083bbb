import express from 'express'
import { answers } from '../common/answers.ts'
import type { Environment } from '../common/config.ts'
import { healthRouter } from '../common/health.ts'
import { createLog, type LogDestination } from '../common/log.ts'
import { Agent } from '../common/node-http.ts'
import { problemHandler } from '../common/problem.ts'
import { createSabotage } from '../common/sabotage.ts'
import { createApp, type Service, startService } from '../common/service.ts'
import { readFrontConfig } from './config.ts'
import { forward } from './forward.ts'

/** The lines that users come in by: the offices' own network, the outside, what floods come from, a branch office. */
const segments = ['offices', 'outside', 'abroad', 'branch'] as const

type Segment = (typeof segments)[number]

export interface Front extends Service {
  /** Where each line ends; `url` is that of its own health. */
  readonly lines: Readonly<Record<Segment, string>>
}

/** The reverse hop before a system: it says where a request came from, and passes everything on. */
export async function startFront(env: Environment, destination?: LogDestination): Promise<Front> {
  const config = readFrontConfig(env)
  const log = createLog(config, destination)
  const sabotaged = createSabotage(config.SABOTAGE)
  const agent = new Agent({ keepAlive: true })
  const ports = {
    offices: config.PORT,
    outside: config.OUTSIDE_PORT,
    abroad: config.ABROAD_PORT,
    branch: config.BRANCH_PORT,
  }
  const stack = new AsyncDisposableStack()
  stack.defer(() => agent.destroy())
  try {
    const lines: Partial<Record<Segment, string>> = {}
    for (const segment of segments) {
      const app = express()
      app.disable('x-powered-by')
      app.use(forward({ segment, to: config.UPSTREAM_URL, token: config.OWN_TOKEN, agent, sabotaged }))
      app.use(problemHandler(log))
      const line = await startService({ config: { ...config, PORT: ports[segment] }, log, app })
      lines[segment] = stack.use(line).url
    }
    const admin = createApp({
      log,
      health: healthRouter(
        { upstream: answers(config.UPSTREAM_URL) },
        config.DEEP_CHECK_MS,
        config,
        sabotaged,
      ),
      routers: [],
      deadlines: undefined,
    })
    // The last to start: where it answers, every line is there.
    const own = await startService({ config: { ...config, PORT: config.ADMIN_PORT }, log, app: admin })
    stack.use(own)
    const all = stack.move()
    return {
      name: own.name,
      url: own.url,
      lines: lines as Record<Segment, string>,
      [Symbol.asyncDispose]: () => all.disposeAsync(),
    }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}
