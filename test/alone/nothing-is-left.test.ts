/** However a run ends, nothing of it goes on: Ctrl-C, kill -9, services that die, a killed supervisor. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect } from 'vitest'
import type { RunResult } from '../../harness/model/result.ts'
import {
  crashingScenarios,
  dyingScenarios,
  oneByOne,
  type Place,
  type Started,
  tinyScenarios,
} from '../harness/fixtures/command-line.ts'
import { it, itInTurn, nothingIsLeft, until } from './whole-run.ts'

const run = (here: Place, ...options: string[]): Started =>
  here.start('run', ...oneByOne, '--scenarios', tinyScenarios, '--out', here.out, ...options)

/** Has a fault, and is over sooner than all three. */
const oneArm = ['--arm', 'untreated']

/** Moments of a run, by what it prints then. */
const moments: [string, RegExp, number, string[]][] = [
  ['while the network comes up', /control/, 300, []],
  ['in the baseline', /baseline begins/, 200, []],
  ['while the fault is on', /injected/, 400, oneArm],
  ['in the recovery', /injected[\s\S]*recovery begins/, 100, oneArm],
  ['between arms', /taking the network down/, 50, []],
]

describe.concurrent.each(moments)('%s', (_, words, afterMs, options) => {
  it('Ctrl-C reverts, takes everything down, writes what is known and exits 130', async ({ here }) => {
    const started = run(here, ...options)
    await until(started, words)
    await sleep(afterMs)
    const seen = here.registers()
    started.child.kill('SIGINT')
    const { code, stderr } = await started.ended
    expect(code).toBe(130)
    expect(stderr).toMatch(/interrupted/)
    await nothingIsLeft(here, seen)
    const journal = readFileSync(join(here.out, 'latest', 'journal.jsonl'), 'utf8')
      .trim()
      .split('\n')
    const events = journal.map((line) => JSON.parse(line))
    expect(events.at(-1)).toMatchObject({ kind: 'run.ended', outcome: 'interrupted' })
    const injected = events.filter(({ kind }) => kind === 'fault.injected').length
    expect(events.filter(({ kind }) => kind === 'fault.reverted')).toHaveLength(injected)
    expect(JSON.parse(readFileSync(join(here.out, 'latest', 'result.json'), 'utf8'))).toMatchObject({
      ending: 'interrupted',
    })
  })

  it('kill -9 of the run leaves the rest to its supervisor', async ({ here }) => {
    const started = run(here, ...options)
    await until(started, words)
    await sleep(afterMs)
    const seen = here.registers()
    started.child.kill('SIGKILL')
    await started.ended
    await nothingIsLeft(here, seen)
  })
})

it('a second Ctrl-C hurries nothing and leaves nothing', async ({ here }) => {
  const started = run(here, ...oneArm)
  await until(started, /injected/)
  const seen = here.registers()
  started.child.kill('SIGINT')
  await sleep(450)
  started.child.kill('SIGINT')
  // Where the second one comes in the very moment of the end, it ends a process that has nothing left to do: 130 to a shell.
  const { code, signal } = await started.ended
  expect(signal ?? code).toBeOneOf([130, 'SIGINT'])
  await nothingIsLeft(here, seen)
})

itInTurn('clean ends what a killed supervisor left behind', async ({ here }) => {
  const started = run(here)
  await until(started, /baseline begins/)
  const seen = here.registers()
  expect(seen).toHaveLength(1)
  const { supervisor, processes } = seen[0]!
  // A Toxiproxy that hangs is the worst case: stopped, it cannot notice that its parent is gone.
  process.kill(processes[0]!.pid, 'SIGSTOP')
  process.kill(supervisor.pid, 'SIGKILL')
  started.child.kill('SIGKILL')
  await started.ended
  await sleep(300)
  expect(here.leftovers(seen)).not.toEqual([])
  const { code, stdout } = await here.run('clean')
  expect(code).toBe(0)
  expect(stdout).toMatch(/removed what 1 run\(s\) left behind/)
  await nothingIsLeft(here, seen)
  expect((await here.run('clean')).stdout).toMatch(/nothing was left behind/)
})

itInTurn('clean leaves a run under way alone', async ({ here }) => {
  const started = run(here)
  await until(started, /baseline begins/)
  expect((await here.run('clean')).stdout).toMatch(/a run is under way/)
  started.child.kill('SIGINT')
  expect((await started.ended).code).toBe(130)
})

it('two runs side by side do not collide', async ({ here }) => {
  const outs = ['one', 'other'].map((name) => join(here.dir, name))
  const ended = await Promise.all(
    outs.map((out) => here.run('run', ...oneByOne, '--scenarios', tinyScenarios, '--out', out, ...oneArm)),
  )
  for (const [i, { code, stdout }] of ended.entries()) {
    expect(stdout).toMatch(/arrivals started/)
    // One arm alone is never a verdict, whatever it saw; all that a collision could end in has another code.
    expect(stdout).toMatch(/tiny-stall +\? inconclusive: /)
    expect(code).toBe(2)
    const { scenarios } = JSON.parse(
      readFileSync(join(outs[i]!, 'latest', 'result.json'), 'utf8'),
    ) as RunResult
    const [arm] = scenarios[0]!.arms
    expect(arm).toMatchObject({ ending: 'finished' })
    expect(arm!.error).toBeUndefined()
  }
})

describe.concurrent('an error that nothing caught', () => {
  const result = (here: Place): RunResult =>
    JSON.parse(readFileSync(join(here.out, 'latest', 'result.json'), 'utf8')) as RunResult

  it('in a scenario ends the run with exit 5, in words, its reports written, and nothing left', async ({
    here,
  }) => {
    const started = here.start('run', ...oneByOne, '--scenarios', crashingScenarios, '--out', here.out)
    await until(started, /baseline begins/)
    const seen = here.registers()
    writeFileSync(join(here.dir, 'crash-now'), '')
    const { code, stdout, stderr } = await started.ended
    expect(stderr).toMatch(/an error that nothing caught: the author slipped/)
    expect(stderr).toMatch(/crashing\/index\.ts/)
    expect(code).toBe(5)
    await nothingIsLeft(here, seen)
    expect(stdout).toMatch(/the author slipped/)
    expect(result(here)).toMatchObject({ ending: 'failed', exitCode: 5 })
    expect(readFileSync(join(here.out, 'latest', 'junit.xml'), 'utf8')).toMatch(/the author slipped/)
  })

  it('and a call of process.exit(0) amid a run too: nothing that judged nothing is green', async ({
    here,
  }) => {
    const started = here.start('run', ...oneByOne, '--scenarios', crashingScenarios, '--out', here.out)
    await until(started, /baseline begins/)
    const seen = here.registers()
    writeFileSync(join(here.dir, 'exit-now'), '')
    const { code, stderr } = await started.ended
    expect(stderr).toMatch(/an error that nothing caught: process\.exit\(0\) was called/)
    expect(stderr).toMatch(/crashing\/index\.ts/)
    expect(code).toBe(5)
    await nothingIsLeft(here, seen)
    expect(result(here)).toMatchObject({ ending: 'failed', exitCode: 5 })
  })

  it('in a network that is up for somebody to explore ends it with exit 5, and nothing left', async ({
    here,
  }) => {
    const started = here.start('up', '--scenarios', crashingScenarios, '--out', here.out)
    await until(started, /Ctrl-C takes the network down/)
    const seen = here.registers()
    writeFileSync(join(here.dir, 'crash-now'), '')
    const { code, stderr } = await started.ended
    expect(stderr).toMatch(/an error that nothing caught: the author slipped/)
    expect(code).toBe(5)
    await nothingIsLeft(here, seen)
  })

  it('as when the disk fills up while visits stream in: exit 5, in words, and nothing left', async ({
    here,
  }) => {
    // A limit on the size of a file stands in for the disk: the journal is the first to reach it.
    const limited = `trap '' XFSZ; ulimit -f 32; exec "$@"`
    const started = here.startBy(limited, 'run', ...oneByOne, '--scenarios', tinyScenarios, '--out', here.out)
    await until(started, /baseline begins/)
    const seen = here.registers()
    const { code, stderr } = await started.ended
    expect(stderr).toMatch(/cannot write the journal .*journal\.jsonl/)
    expect(code).toBe(5)
    await nothingIsLeft(here, seen)
  })
})

describe.concurrent('a service', () => {
  it('that dies on start ends the run with exit 5, its name, its log, and nothing left', async ({ here }) => {
    const { code, stdout, stderr } = await here.run(
      'run',
      ...oneByOne,
      'dies-on-start',
      '--scenarios',
      dyingScenarios,
      '--out',
      here.out,
    )
    expect(code).toBe(5)
    expect(stdout + stderr).toMatch(/back ended while starting/)
    expect(stdout + stderr).toMatch(/back\.log/)
    expect(here.leftovers([])).toEqual([])
  })

  it('that dies in the middle ends the arm with exit 5, and is named', async ({ here }) => {
    const { code, stdout, stderr } = await here.run(
      'run',
      ...oneByOne,
      'dies-mid-run',
      '--scenarios',
      dyingScenarios,
      '--out',
      here.out,
    )
    expect(code).toBe(5)
    expect(stdout + stderr).toMatch(
      /back ended in the middle of the arm \(exit code 7\): it last logged: .*these are my last words/,
    )
    expect(here.leftovers([])).toEqual([])
  })
})
