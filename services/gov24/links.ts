import { createDownstream, type Downstream, type DownstreamOptions } from '../common/downstream.ts'
import type { Backend } from './catalogue.ts'
import type { Gov24Config } from './config.ts'
import type { Site } from './sites.ts'

type Ends = Pick<DownstreamOptions, 'circuitBreaker' | 'connections' | 'log'>

function end(config: Gov24Config, to: Backend | Site, url: string, more: Ends): Downstream {
  return createDownstream({ clientTimeoutMs: config.CLIENT_TIMEOUT_MS, ...more, link: `gov24→${to}`, url })
}

/** The portal's ends of its links, each with connections of its own. */
export function linksOf(config: Gov24Config, more: Ends): Record<Backend, Downstream> {
  return {
    saeol: end(config, 'saeol', config.SAEOL_URL, more),
    resident: end(config, 'resident', config.RESIDENT_URL, more),
    'simple-auth': end(config, 'simple-auth', config.SIMPLE_AUTH_URL, more),
  }
}

/** To the other sites, for probes alone. */
export function siteLinksOf(
  config: Gov24Config,
  urls: Readonly<Record<Site, string>>,
  more: Ends,
): Record<Site, Downstream> {
  return {
    kiosk: end(config, 'kiosk', urls.kiosk, more),
    'call-centre': end(config, 'call-centre', urls['call-centre'], more),
  }
}
