/** Doors inside the network that are for systems and operators alone, tried by somebody who is neither. */
import type { InvariantReader } from '../../harness/index.ts'
import { mockTokenOf } from '../../services/common/callers.ts'
import { facts, type Topology } from './read.ts'

interface Door {
  readonly service: string
  readonly port?: string
  readonly method: string
  readonly path: string
  /** What changes nothing, should the door be open. */
  readonly body?: unknown
}

/** Deep health: it costs what a user's request costs. */
const deep = (service: string, port?: string): Door => ({
  service,
  ...(port !== undefined && { port }),
  method: 'GET',
  path: '/health/deep',
})

const watched = [
  'gpki-a',
  'gpki-b',
  'crl',
  'resident',
  'saeol',
  'simple-auth',
  'gov24',
  'community-centre',
  'situation-room',
]

const doors: readonly Door[] = [
  { service: 'l4', port: 'admin', method: 'PATCH', path: '/backends/gpki-a', body: { weight: 1 } },
  { service: 'l4', port: 'admin', method: 'GET', path: '/counters' },
  { service: 'gpki-a', method: 'POST', path: '/verify', body: {} },
  { service: 'gpki-b', method: 'POST', path: '/verify', body: {} },
  { service: 'resident', method: 'GET', path: '/residents/resident-000001' },
  { service: 'saeol', method: 'POST', path: '/applications', body: {} },
  { service: 'saeol', method: 'GET', path: '/trouble-reports' },
  { service: 'simple-auth', method: 'POST', path: '/approvals/verify', body: {} },
  { service: 'gov24', method: 'PATCH', path: '/switches/crossed-answers', body: { on: false } },
  { service: 'gov24', method: 'GET', path: '/outbox' },
  { service: 'community-centre', method: 'GET', path: '/receipts' },
  { service: 'situation-room', method: 'GET', path: '/status' },
  { service: 'situation-room', method: 'GET', path: '/alarms' },
  { service: 'situation-room', method: 'PATCH', path: '/desks/1', body: { muted: false } },
  { service: 'situation-room', method: 'POST', path: '/declarations/normal', body: {} },
  { service: 'situation-room', method: 'PATCH', path: '/shift', body: { dayShift: true } },
  ...watched.map((service) => deep(service)),
  deep('l4', 'admin'),
  deep('front', 'admin'),
]

/** Of services that few scenarios bring up, by the name of the invariant. */
const optional: Readonly<Record<string, readonly Door[]>> = {
  'doors of mobile IDs are shut to others': [
    { service: 'mobile-id', method: 'GET', path: '/ids' },
    { service: 'id-storage', method: 'GET', path: '/ids' },
    { service: 'id-storage', method: 'POST', path: '/ids', body: {} },
    { service: 'id-storage', method: 'POST', path: '/ids/M-000000/removal', body: {} },
    {
      service: 'id-storage',
      method: 'PATCH',
      path: '/switches/wrong-access-list',
      body: { on: false },
    },
    ...['mobile-id', 'id-storage', 'id-verifier'].map((service) => deep(service)),
  ],
  'doors of the document exchanges are shut to others': ['exchange-ministry', 'exchange-district'].flatMap(
    (service) => [
      { service, method: 'POST', path: '/documents', body: {} },
      { service, method: 'GET', path: '/documents/none' },
      deep(service),
    ],
  ),
  'doors of other sites are shut to others': ['kiosk', 'call-centre'].map((site) => deep(site)),
  'doors of procurement are shut to others': [deep('procurement'), deep('procurement-front', 'admin')],
}

/** Nothing, a guess as long as a real token, and no bearer token at all. */
const shown: readonly (string | undefined)[] = [
  undefined,
  `Bearer ${'x'.repeat(mockTokenOf('saeol').length)}`,
  'Basic b3BlcmF0b3I6b3BlcmF0b3I=',
]

/** Each is tried with whatever somebody may show who is neither a system nor an operator. */
function areShut(doors: readonly Door[]): InvariantReader {
  return async (topology, signal) => {
    const tries = doors.flatMap((door) => shown.map((authorization) => ({ door, authorization })))
    const words = await Promise.all(
      tries.map(async ({ door, authorization }) => {
        const status = await statusOf(topology, door, authorization, signal)
        return status === 401
          ? []
          : [`${door.method} ${door.path} of ${door.service} answered ${status} to a stranger`]
      }),
    )
    return facts(tries, words.flat(), `${tries.length} tries at ${doors.length} doors`)
  }
}

export const doorInvariants: Readonly<Record<string, InvariantReader>> = {
  'doors for systems and operators are shut to others': areShut(doors),
  ...Object.fromEntries(Object.entries(optional).map(([name, own]) => [name, areShut(own)])),
}

async function statusOf(
  topology: Topology,
  { service, port, method, path, body }: Door,
  authorization: string | undefined,
  signal: AbortSignal,
): Promise<number> {
  const answer = await fetch(`${topology.direct(service, port)}${path}`, {
    method,
    signal,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(authorization === undefined ? {} : { authorization }),
    },
    body: body === undefined ? null : JSON.stringify(body),
  })
  await answer.arrayBuffer()
  return answer.status
}
