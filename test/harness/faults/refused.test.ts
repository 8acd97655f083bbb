import { expect, it } from 'vitest'
import { faultKind } from '../../../harness/faults/index.ts'
import {
  entrance,
  link,
  packetLoss,
  slowClose,
  switchOn,
  throttle,
  truncate,
  zone,
} from '../../../harness/index.ts'
import { tinySystem } from '../fixtures/tiny-system.ts'
import { plannedFault } from './planned-fault.ts'

it('a switch that the service does not have is refused', () => {
  expect(faultKind('switch')!.problems(plannedFault(switchOn('back', 'daef')), tinySystem)).toEqual([
    "fault 'switch back daef' names an unknown switch of back 'daef': did you mean 'deaf'?",
  ])
  expect(faultKind('switch')!.problems(plannedFault(switchOn('front', 'deaf')), tinySystem)).toEqual([
    "fault 'switch front deaf' names an unknown switch of front 'deaf'; there are none",
  ])
})

it.each([
  [{ minBytes: 100 }, 'minBytes must be a number at least 200 and at most 65535, not 100'],
  [{ probability: 0.3 }, 'probability must be a number at least 0.5 and at most 1, not 0.3'],
  [{ probability: 1.1 }, 'probability must be a number at least 0.5 and at most 1, not 1.1'],
])('packet loss with %o is refused', (options, problem) => {
  expect(faultKind('packet-loss')!.problems(plannedFault(packetLoss('a→b', options)), tinySystem)).toEqual([
    `fault 'packet-loss a→b': ${problem}`,
  ])
})

it.each([
  [truncate('a→b', 100), 'afterBytes must be a number at least 500 and at most 14000, not 100'],
  [truncate('a→b', 20_000), 'afterBytes must be a number at least 500 and at most 14000, not 20000'],
  [
    truncate('a→b', 2_000_000, { way: 'back' }),
    'afterBytes must be a number at least 500 and at most 1000000, not 2000000',
  ],
  [truncate('a→b', 1000, { way: 'up' as 'back' }), "way must be 'there' or 'back', not \"up\""],
  [slowClose('a→b', '10ms'), 'delayMs must be a number at least 100 and at most 60000, not 10'],
])('$id $params is refused', (fault, problem) => {
  const { problems } = faultKind(fault.kind)!
  expect(problems(plannedFault(fault), tinySystem)).toEqual([`fault '${fault.id}': ${problem}`])
})

it.each([truncate('a→db', 1000), slowClose('a→db', '1s'), throttle('a→db', 50)])(
  '$kind on a link to PostgreSQL is refused',
  (fault) => {
    const system = {
      links: [link('a', 'db', 'DB_URL')],
      services: { db: { kind: 'postgres' as const, database: 'x' } },
    }
    expect(faultKind(fault.kind)!.problems(plannedFault(fault), system)).toEqual([
      expect.stringMatching(/would bite unseen: its probe needs an? .* of 'db', which speaks postgres$/),
    ])
  },
)

it('a zone is every link that leads to one of its services, or from one', () => {
  const links = [link('a', 'b', 'B'), link('b', 'c', 'C'), link('c', 'd', 'D'), entrance('user', 'b')]
  const cuts = zone({ links }, ['b'], { from: '1s', to: '2s' })
  expect(cuts.map(({ kind, link: name, times }) => [kind, name, times])).toEqual(
    ['a→b', 'b→c', 'user→b'].map((name) => ['cut', name, { from: '1s', to: '2s' }]),
  )
  expect(zone({ links }, ['nobody'])).toEqual([])
})
