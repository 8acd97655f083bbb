/** What a service has started goes with it: children, orphans, and those in a session of their own. */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { Topology } from '../../../harness/model/topology.ts'
import { identify, isRunning, type ProcessIdentity } from '../../../harness/runtimes/host/machine.ts'
import { processesRuntime } from '../../../harness/runtimes/processes/processes.ts'
import { place } from '../../harness/fixtures/command-line.ts'
import { contractSystem } from '../../harness/fixtures/contract/system.ts'

const logs = mkdtempSync(join(tmpdir(), 'tree-'))
chmodSync(logs, 0o711)
afterAll(() => rmSync(logs, { recursive: true, force: true }))

const bred: ProcessIdentity[] = []
afterEach(() => {
  // A failing test leaves none behind.
  for (const { pid } of bred.splice(0).filter(isRunning)) process.kill(pid, 'SIGKILL')
})

/** Has a service start what does not end by itself. */
async function breed(url: string): Promise<ProcessIdentity[]> {
  const pids = JSON.parse(await (await fetch(`${url}/breed`)).text()) as number[]
  const family = pids.map((pid) => identify(pid)!)
  expect(family.every(isRunning)).toBe(true)
  bred.push(...family)
  return family
}

async function allGone(family: readonly ProcessIdentity[]): Promise<void> {
  for (let i = 0; i < 100 && family.some(isRunning); i++) await sleep(50)
  expect(family.filter(isRunning)).toEqual([])
}

const up = (runtime: ReturnType<typeof processesRuntime>, deaths: string[] = []): Promise<Topology> =>
  runtime.up(contractSystem, {
    seed: 'tree',
    environment: {},
    logDir: mkdtempSync(join(logs, 'up-')),
    signal: new AbortController().signal,
    onSystemEvent: () => {},
    onDeath: ({ service }) => deaths.push(service),
  })

describe('what a service has started', () => {
  it('is frozen with it and goes on with it', async () => {
    await using runtime = processesRuntime({ toxiproxy: 'embedded' })
    await using topology = await up(runtime)
    const [child] = await breed(topology.direct('back'))
    await topology.control!.pause('back')
    // It may be waiting for the disk when it is told to stop.
    await expect.poll(() => stateOf(child!)).toBe('T')
    await topology.control!.resume('back')
    await expect.poll(() => stateOf(child!)).not.toBe('T')
  })

  it.each(['kill', 'stop'] as const)('goes with it by %s: its group, and what is below it', async (how) => {
    await using runtime = processesRuntime({ toxiproxy: 'embedded' })
    await using topology = await up(runtime)
    const family = await breed(topology.direct('back'))
    await topology.control![how]('back')
    await allGone(family)
  })

  it('ends with the topology, though its parent died long before', async () => {
    await using runtime = processesRuntime({ toxiproxy: 'embedded' })
    const deaths: string[] = []
    let family: ProcessIdentity[]
    {
      await using topology = await up(runtime, deaths)
      family = await breed(topology.direct('back'))
      await fetch(`${topology.direct('back')}/die`).catch(() => {})
      await expect.poll(() => deaths).toEqual(['back'])
      expect(family.every(isRunning)).toBe(true)
    }
    expect(family.filter(isRunning)).toEqual([])
  })

  it('ends when the harness is killed, and is found by clean when its supervisor is killed too', async () => {
    using here = place()
    const scenarios = join(import.meta.dirname, '../../harness/fixtures/in-containers')
    for (const supervisorToo of [false, true]) {
      const started = here.start(
        'up',
        'contract-stall',
        '--runtime',
        'processes',
        '--scenarios',
        scenarios,
        '--out',
        here.out,
      )
      await expect.poll(started.stdout).toMatch(/Ctrl-C takes the network down/)
      const family = await breed(/^ +back +(http\S+)/m.exec(started.stdout())![1]!)
      const [register] = here.registers()
      if (supervisorToo) process.kill(register!.supervisor.pid, 'SIGKILL')
      started.child.kill('SIGKILL')
      await started.ended
      if (supervisorToo) {
        await sleep(500)
        expect(family.every(isRunning)).toBe(true)
        expect((await here.run('clean')).stdout).toMatch(/removed what 1 run\(s\) left behind/)
      }
      await allGone(family)
    }
  })
})

/** `T` is stopped. */
function stateOf({ pid }: ProcessIdentity): string {
  return execFileSync('ps', ['-o', 'state=', '-p', String(pid)], { encoding: 'utf8' }).trim()[0]!
}
