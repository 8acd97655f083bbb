import { type DeepCheck, isDeeplyHealthy } from '../common/health.ts'
import type { Log } from '../common/log.ts'
import type { Backend } from './catalogue.ts'
import type { Gov24Config } from './config.ts'
import { linksOf, siteLinksOf } from './links.ts'
import { watchSystems } from './monitor.ts'
import type { Site } from './sites.ts'
import type { BackendStates, State } from './states.ts'

/** What the portal's own probes see. */
export interface Watch {
  readonly backends: BackendStates
  /** Undefined where no other site is named. */
  readonly sites: Readonly<Record<Site, State>> | undefined
  /** For deep health. */
  readonly checks: Readonly<Record<Backend, DeepCheck>>
  /** Whether each of them was seen up once. */
  haveAllBeenUp(): boolean
  stop(): Promise<void>
}

/** Probes have connections and no breaker: they must see the links as they are. */
export function startWatch(config: Gov24Config, log: Log): Watch {
  const { PROBE_TIMEOUT_MS: timeoutMs, PROBE_INTERVAL_MS: intervalMs, HEALTH_TOKEN: healthToken } = config
  const ends = { connections: 2, log }
  const asked = { timeoutMs, healthToken, log }
  const probes = linksOf(config, ends)
  const backends = watchSystems({ links: probes, intervalMs, event: 'portal.backend', ...asked })
  const sites = config.sites && startSites(config.sites)

  function startSites({ urls, everyMs }: NonNullable<Gov24Config['sites']>) {
    const links = siteLinksOf(config, urls, ends)
    return { links, ...watchSystems({ links, intervalMs: everyMs, event: 'portal.site', ...asked }) }
  }

  const check = (backend: Backend): DeepCheck => isDeeplyHealthy(probes[backend], timeoutMs, config)
  return {
    backends: backends.states,
    sites: sites?.states,
    checks: { saeol: check('saeol'), resident: check('resident'), 'simple-auth': check('simple-auth') },
    haveAllBeenUp: () => backends.haveAllBeenUp() && (sites?.haveAllBeenUp() ?? true),
    async stop() {
      await Promise.all([backends.stop(), sites?.stop()])
      const links = [...Object.values(probes), ...Object.values(sites?.links ?? {})]
      await Promise.all(links.map((link) => link.close()))
    },
  }
}
