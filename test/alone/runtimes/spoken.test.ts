/** Links that carry other than HTTP: their consumers are told of them, and every fault on them is seen, by their own words. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeTopology } from '../../../harness/commands/topology-view.ts'
import { faultKind } from '../../../harness/faults/index.ts'
import {
  cut,
  delay,
  kill,
  packetLoss,
  pause,
  reset,
  restart,
  slowClose,
  stall,
  throttle,
  truncate,
} from '../../../harness/index.ts'
import type { WrittenFault } from '../../../harness/model/fault.ts'
import { answersProbe } from '../../../harness/runtimes/host/readiness.ts'
import { processesRuntime } from '../../../harness/runtimes/processes/processes.ts'
import { expectOnlyWhileOn } from '../../harness/faults/only-while-on.ts'
import { plannedFault } from '../../harness/faults/planned-fault.ts'
import { missingRedis, spokenSystem } from '../../harness/fixtures/commands/spoken.ts'
import { describeWith } from '../../needs.ts'
import { removeLogs, type Up, up } from './ground.ts'

const undo = new AsyncDisposableStack()
let here: Up
beforeAll(async () => {
  const runtime = undo.use(processesRuntime({ toxiproxy: 'embedded' }))
  here = await up(runtime, {}, 'spoken', spokenSystem)
  undo.use(here.topology)
})
afterAll(async () => {
  await undo.disposeAsync()
  removeLogs()
  expect(here.deaths).toEqual([])
})

const told = (): Record<string, string> =>
  JSON.parse(readFileSync(join(here.logDir, 'told.log'), 'utf8').split('\n')[0]!)
const at = (link: string): string => {
  const { host, port } = here.topology.link(link)
  return `${host}:${port}`
}

/** Not seen before, bites while it is on, gone after its revert. */
const seen = (faults: readonly WrittenFault[]) =>
  describe.each(faults.map((fault) => plannedFault(fault)))('$id $params', (spec) => {
    it('is taken by the plan, and seen while it is on', async () => {
      expect(faultKind(spec.kind)!.problems(spec, spokenSystem)).toEqual([])
      await expectOnlyWhileOn(spec, here.topology)
    })
  })

it('consumers are told of their links in the words of the definition', () => {
  expect(told()).toMatchObject({
    DATABASE: `mysql://shop:secret@${at('told→greeting')}/shop`,
    FORMAT: `tcp://${at('told→greeting')}?{other}`,
    MEMCACHED: at('told→asked'),
    MUTE_HOST: '127.0.0.1',
    MUTE_PORT: String(here.topology.link('told→mute').port),
  })
})

it('a person is told where each of them is', () => {
  const lines = describeTopology(here.topology).split('\n')
  expect(lines).toContainEqual(expect.stringMatching(/^ {2}greeting +tcp:\/\/127\.0\.0\.1:\d+$/))
  expect(lines).toContainEqual(expect.stringMatching(/^ {2}told +listens nowhere$/))
})

describeWith('redis', { missing: missingRedis, promisedBy: 'CI_REQUIRE_REDIS' }, () => {
  const link = 'told→redis'

  it('is ready by its PONG, and its consumer is told by a URL of it', async () => {
    const direct = here.topology.direct('redis')
    expect(direct).toMatch(/^redis:\/\/127\.0\.0\.1:\d+$/)
    expect(await answersProbe(direct, { protocol: 'redis' })).toBe('ready')
    expect(told().REDIS_URL).toBe(`redis://${at(link)}`)
  })

  seen([
    stall(link),
    cut(link),
    delay(link, '200ms', { jitter: '50ms' }),
    throttle(link, 50),
    reset(link),
    packetLoss(link),
    packetLoss(link, { minBytes: 1000, probability: 0.6 }),
    truncate(link, 4000),
    truncate(link, 100_000, { way: 'back' }),
    slowClose(link, '300ms'),
    kill('redis'),
    pause('redis'),
    restart('redis'),
  ])
})

describe.each(['greeting', 'asked'])('plain TCP that answers: %s', (service) => {
  const link = `told→${service}`
  seen([
    stall(link),
    cut(link),
    delay(link, '200ms'),
    reset(link),
    kill(service),
    pause(service),
    restart(service),
  ])
})

describe('plain TCP that nobody can ask', () => {
  seen([cut('told→mute'), kill('mute'), restart('mute')])
})
