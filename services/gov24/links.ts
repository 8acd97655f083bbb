import { createDownstream, type Downstream, type DownstreamOptions } from '../common/downstream.ts'
import type { Log } from '../common/log.ts'
import type { Backend } from './catalogue.ts'
import type { Gov24Config } from './config.ts'
import type { Site } from './sites.ts'

/** The portal's ends of its links, each with connections of its own. */
export function linksOf(
  config: Gov24Config,
  more: Pick<DownstreamOptions, 'circuitBreaker' | 'connections' | 'log'>,
): Record<Backend, Downstream> {
  const to = (system: Backend, url: string) =>
    createDownstream({
      clientTimeoutMs: config.CLIENT_TIMEOUT_MS,
      ...more,
      link: `gov24→${system}`,
      url,
    })
  return {
    saeol: to('saeol', config.SAEOL_URL),
    resident: to('resident', config.RESIDENT_URL),
    'simple-auth': to('simple-auth', config.SIMPLE_AUTH_URL),
  }
}

/** To the other sites, for probes alone; undefined where none is named. */
export function siteLinksOf(config: Gov24Config, log: Log): Record<Site, Downstream> | undefined {
  if (config.sites === undefined) return undefined
  const { urls } = config.sites
  const to = (site: Site) =>
    createDownstream({
      clientTimeoutMs: config.CLIENT_TIMEOUT_MS,
      connections: 2,
      link: `gov24→${site}`,
      url: urls[site],
      log,
    })
  return { kiosk: to('kiosk'), 'call-centre': to('call-centre') }
}
