import { type Request, type RequestHandler, Router } from 'express'
import type { Admission } from '../common/capacity.ts'
import type { Log } from '../common/log.ts'
import { Problem } from '../common/problem.ts'
import { sourceOf } from '../common/source.ts'
import { createSourceMeter, type PerSourceQuotaParameters } from '../measures/per-source-quota.ts'

/** The quota of each source: where a request comes from is what the hop in front saw. */
export interface SourceQuota {
  /** Turns away, before bodies are read, what a held source asks beyond its quota. */
  readonly router: Router
  /** And what it would have in hand beyond its share of the workers. */
  readonly admission: Admission
}

export function createSourceQuota(options: {
  readonly settings: PerSourceQuotaParameters
  readonly config: { readonly FRONT_TOKEN: string }
  readonly log: Log
}): SourceQuota {
  const { settings, config, log } = options
  const meter = createSourceMeter({
    settings,
    onChange: (source, change) => log.info({ event: `source.${change}`, source }, `${source}: ${change}`),
    now: () => performance.now(),
  })
  const of = (request: Request): string => sourceOf(request, config)
  const guard: RequestHandler = (request, _response, next) => {
    if (!meter.asks(of(request))) throw beyond('it asks for more than its quota of requests')
    next()
  }
  return {
    router: Router().use('/tenders', guard),
    admission(request) {
      const leave = meter.takes(of(request))
      if (leave === undefined) throw beyond('it has its share of the workers in hand')
      return leave
    },
  }
}

function beyond(why: string): Problem {
  return new Problem(429, 'source-quota', `too much comes from where this comes from: ${why}`)
}
