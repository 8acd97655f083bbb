import type { Backend, PortalService } from './catalogue.ts'
import { backendsOf } from './catalogue.ts'

/** `up` all it needs answers well · `degraded` it answers, and says that something of its own is broken · `down` */
export type State = 'up' | 'degraded' | 'down'

export type BackendStates = Readonly<Record<Backend, State>>

/** Another way to the same end, open now. */
export interface Alternative {
  readonly channel: string
  readonly note: string
}

export interface ServiceState extends PortalService {
  readonly state: State
  readonly alternative: Alternative
}

const severity: readonly State[] = ['up', 'degraded', 'down']

/** In order of convenience; the last needs no system at all, as receipts are written by hand (S0 S4). */
const channels: readonly (Alternative & {
  readonly kinds: readonly string[]
  readonly needs: readonly Backend[]
})[] = [
  {
    channel: 'kiosk',
    note: '무인민원발급기: issues the commonest certificates straight from the resident register',
    kinds: ['certificate'],
    needs: ['resident'],
  },
  {
    channel: 'call-centre',
    note: '정부민원안내콜센터 110: looks it up for you',
    kinds: ['look-up'],
    needs: ['resident'],
  },
  {
    channel: 'community-centre',
    note: '동 주민센터: takes it down by hand if need be; the date of receipt counts',
    kinds: ['certificate', 'application', 'report', 'look-up'],
    needs: [],
  },
]

/**
 * A service is as well as the worst of what it needs; its alternative never stands on a system that is down.
 * @param keeps systems in whose place the portal receives what they do not: without them it is not down
 */
export function stateOf(
  service: PortalService,
  backends: BackendStates,
  keeps: readonly Backend[] = [],
): ServiceState {
  const state = backendsOf[service.kind]
    .map((backend) =>
      backends[backend] === 'down' && keeps.includes(backend) ? 'degraded' : backends[backend],
    )
    .reduce((worst, next) => (severity.indexOf(next) > severity.indexOf(worst) ? next : worst), 'up')
  const open = channels.find(
    ({ kinds, needs }) => kinds.includes(service.kind) && needs.every((need) => backends[need] === 'up'),
  )!
  return { ...service, state, alternative: { channel: open.channel, note: open.note } }
}
