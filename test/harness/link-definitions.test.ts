/** What links say to their consumers, and what can be seen on them, is checked before anything starts. */
import { describe, expect, it } from 'vitest'
import { makePlan } from '../../harness/experiment/make-plan.ts'
import {
  cut,
  defineScenario,
  delay,
  kill,
  link,
  packetLoss,
  pause,
  reset,
  restart,
  type ServiceSpec,
  slowClose,
  stall,
  throttle,
  truncate,
} from '../../harness/index.ts'
import type { WrittenFault } from '../../harness/model/fault.ts'
import type { LinkSpec } from '../../harness/model/system.ts'
import { tinyStall } from './fixtures/scenarios/index.ts'
import { tinySystem } from './fixtures/tiny-system.ts'

/** What the plan says of the tiny system with such a link, such services and such faults; nothing where it plans. */
function problemsOf(change: {
  links?: readonly LinkSpec[]
  services?: Record<string, ServiceSpec>
  faults?: readonly WrittenFault[]
}): string[] {
  const { links = [], services = {}, faults = [] } = change
  const system = {
    ...tinySystem,
    services: { ...tinySystem.services, ...services },
    links: [...tinySystem.links, ...links],
  }
  const body = { ...tinyStall.build({ users: 40 }), faults }
  const planned = makePlan(defineScenario({ ...tinyStall, name: 'odd', system, build: () => body }), {
    set: {},
    without: [],
    faultsOn: true,
    capabilities: new Set(['links', 'kill', 'pause', 'packet-loss', 'command']),
    runtime: 'processes',
  })
  return 'plan' in planned ? [] : planned.problems.map((said) => said.replace(/^odd: /, ''))
}

const command: ServiceSpec = { kind: 'command', argv: ['serve', '{port}'], ready: 'tcp', speaks: 'tcp' }
const to = (variables: Record<string, string>, needed?: LinkSpec['needed']) => ({
  links: [link('front', 'store', variables, needed)],
  services: { store: command },
})

describe('the variables of a link', () => {
  it.each([
    { STORE_URL: '{url}' },
    { STORE_HOST: '{host}', STORE_PORT: '{port}' },
    { STORE: 'jdbc:mysql://{host}:{port}/shop?tz={zone}' },
  ])('are taken: %j', (variables) => expect(problemsOf(to(variables))).toEqual([]))

  it.each<[Record<string, string>, string[]]>([
    [{}, ["link 'front→store' names no variable that tells of it"]],
    [{ STORE: '{hots}:{port}' }, ["link 'front→store' sets STORE to '{hots}:{port}': did you mean {host}?"]],
    [
      { STORE: 'localhost' },
      [
        "link 'front→store' sets STORE to 'localhost', which tells of no place: write {url}, {host} or {port} in it",
      ],
    ],
    [{ STORE: 5432 as unknown as string }, ["link 'front→store' sets STORE to 5432, which is no text"]],
    [
      { BACK_URL: '{url}' },
      ["link 'front→store' sets BACK_URL of 'front', which the link 'front→back' sets too"],
    ],
    [{ PORT: '{port}' }, ["link 'front→store' sets PORT of 'front', which its own definition sets too"]],
  ])('are refused: %j', (variables, problems) => expect(problemsOf(to(variables))).toEqual(problems))

  it('are refused where a command sets them too, and a time that is none', () => {
    const services = { store: command, shop: { ...command, argv: ['x', '{port}'], env: { STORE: 'x' } } }
    expect(
      problemsOf({ services, links: [link('shop', 'store', 'STORE', 'to-strat' as 'to-start')] }),
    ).toEqual([
      "link 'shop→store' needs it unknown time 'to-strat': did you mean 'to-start'?",
      "link 'shop→store' sets STORE of 'shop', which its own definition sets too",
    ])
  })
})

describe('a fault that nobody could see', () => {
  const on = (fault: WrittenFault, store: ServiceSpec) =>
    problemsOf({ ...to({ STORE: '{url}' }), services: { store }, faults: [fault] })
  const name = 'front→store'
  const mend = "; give 'store' what a client may say first, as { ask: 'version\\r\\n' }"

  it.each([stall(name), delay(name, '200ms'), reset(name), pause('store')])(
    'is refused where nobody can be asked: $id',
    (fault) => {
      expect(on(fault, command)).toEqual([
        `fault '${fault.id}' would bite unseen: its probe needs an answer of 'store', which speaks tcp${mend}`,
      ])
      expect(on(fault, { ...command, ask: '' })).toEqual([])
    },
  )

  it.each([
    { fault: throttle(name, 50), what: 'a long answer' },
    { fault: truncate(name, 4000), what: 'a long answer' },
    { fault: packetLoss(name), what: 'a long question' },
    { fault: slowClose(name, '300ms'), what: 'an end after its answer' },
  ])('is refused where the answer is short: $fault.id', ({ fault, what }) => {
    expect(on(fault, { ...command, ask: '' })).toEqual([
      `fault '${fault.id}' would bite unseen: its probe needs ${what} of 'store', which speaks tcp`,
    ])
    expect(on(fault, { ...command, speaks: 'redis' })).toEqual([])
  })

  it.each([cut(name), kill('store'), restart('store')])('is another: $id', (fault) =>
    expect(on(fault, command)).toEqual([]),
  )

  it.each([kill('worker'), pause('worker')])('is on a service that listens nowhere: $id', (fault) => {
    const worker: ServiceSpec = { kind: 'command', argv: ['work'], ready: { log: 'started' } }
    expect(problemsOf({ services: { worker }, faults: [fault] })).toEqual([
      `fault '${fault.id}' would bite unseen: 'worker' listens nowhere; a restart of it can be seen`,
    ])
    expect(problemsOf({ services: { worker }, faults: [restart('worker')] })).toEqual([])
  })
})

it('users come by HTTP', () => {
  expect(problemsOf({ services: { front: { ...command, speaks: 'redis' } } })).toEqual([
    "journey 'user-asks' enters by 'user→front', where 'front' speaks redis: users come by HTTP",
  ])
})
