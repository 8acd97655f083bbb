import type { Sabotaged } from '../common/sabotage.ts'
import type { Backend, PortalService } from './catalogue.ts'
import { backendsOf } from './catalogue.ts'
import { sites as gives, type Site, siteNames } from './sites.ts'

/** `up` all it needs answers well · `degraded` it answers, and says that something of its own is broken · `down` */
export type State = 'up' | 'degraded' | 'down'

export type BackendStates = Readonly<Record<Backend, State>>

/** Another way to the same end, open now. */
export interface Alternative {
  readonly channel: Site | 'community-centre'
  readonly note: string
}

export interface ServiceState extends PortalService {
  readonly state: State
  /** Only with the measure `alternative-site`: nobody told citizens where else to go. */
  readonly alternative?: Alternative
}

/** How things stand, as the portal sees them. */
export interface Standing {
  readonly backends: BackendStates
  /** Systems in whose place the portal receives what they do not: without them a service is not down. */
  readonly keeps: readonly Backend[]
  /** What the probes of the other sites found; undefined where none is named. */
  readonly sites: Readonly<Record<Site, State>> | undefined
}

const severity: readonly State[] = ['up', 'degraded', 'down']

const notes: Readonly<Record<Site, string>> = {
  kiosk: '무인민원발급기: issues certificates straight from the resident register',
  'call-centre': '정부민원안내콜센터 110: looks it up for you',
}

/** Needs no system at all, as receipts are written by hand (S0 S4). */
const byHand: Alternative = {
  channel: 'community-centre',
  note: '동 주민센터: takes it down by hand if need be; the date of receipt counts',
}

/** A service is as well as the worst of what it needs; its alternative is open now. */
export function stateOf(
  service: PortalService,
  { backends, keeps, sites }: Standing,
  sabotaged: Sabotaged = () => false,
): ServiceState {
  const of = (backend: Backend): State =>
    backends[backend] === 'down' && keeps.includes(backend) ? 'degraded' : backends[backend]
  const state = backendsOf[service.kind]
    .map(of)
    .reduce((worst, next) => (severity.indexOf(next) > severity.indexOf(worst) ? next : worst), 'up')
  if (sites === undefined) return { ...service, state }
  const isOpen = (site: Site): boolean => sites[site] === 'up' || sabotaged('points-at-closed')
  const site = siteNames.find((one) => gives[one] === service.kind && isOpen(one))
  return {
    ...service,
    state,
    alternative: site === undefined ? byHand : { channel: site, note: notes[site] },
  }
}
