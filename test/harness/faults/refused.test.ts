import { expect, it } from 'vitest'
import { faultKind } from '../../../harness/faults/index.ts'
import { packetLoss, switchOn } from '../../../harness/index.ts'
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
