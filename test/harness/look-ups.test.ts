/** What a person looks up: help, what there is, what would happen. Nothing is started. */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as builtIn from '../../scenarios/index.ts'
import { describeWith } from '../needs.ts'
import { type Place, place, tinyScenarios } from './fixtures/command-line.ts'

let here: Place
beforeAll(() => {
  here = place()
})
afterAll(() => here[Symbol.dispose]())

const tiny = ['--scenarios', tinyScenarios]

describe('help and look-ups', () => {
  it.each([
    'run',
    'mutate',
    'list',
    'plan',
    'analyze',
    'compare',
    'runs',
    'up',
    'k6',
    'toxiproxy',
    'doctor',
    'clean',
  ])('%s --help', async (command) => {
    const { code, stdout } = await here.run(command, '--help')
    expect(code).toBe(0)
    expect(stdout).toMatch(/--/)
  })

  it('list names scenarios, measures, faults and checks', async () => {
    const { code, stdout } = await here.run('list', ...tiny, '--json')
    expect(code).toBe(0)
    const listed = JSON.parse(stdout)
    expect(Object.keys(listed.scenarios)).toEqual(['tiny-stall'])
    expect(Object.keys(listed.measures)).toEqual(['fallback'])
    expect(Object.keys(listed.faults)).toEqual(
      expect.arrayContaining(['stall', 'cut', 'latency', 'throttle', 'reset', 'surge']),
    )
    expect(Object.keys(listed.checks)).toContain('success-rate')
  })

  it('plan starts nothing and says what would happen', async () => {
    const { code, stdout } = await here.run('plan', ...tiny, '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject([
      {
        scenario: 'tiny-stall',
        acts: [{ name: 'baseline' }, { name: 'fault', fromMs: 1000, toMs: 4000 }, { name: 'recovery' }],
      },
    ])
    expect(here.registers()).toEqual([])
  })

  it('plan tells where a scenario is written', async () => {
    const { stdout } = await here.run('plan', ...tiny, '--json')
    const { file, line } = JSON.parse(stdout)[0].definedAt as { file: string; line: number }
    expect(file).toBe('test/harness/fixtures/scenarios/index.ts')
    expect(readFileSync(file, 'utf8').split('\n')[line - 1]).toContain('defineScenario(')
  })

  it.each(['plan', 'list'])('what a module prints is kept out of %s --json', async (command) => {
    const dir = mkdtempSync(join(here.dir, 'prints-'))
    const from = pathToFileURL(join(tinyScenarios, 'index.ts')).href
    const text = `for (const how of ['log', 'info', 'table']) console[how]('hello')\nexport { scenarios } from '${from}'\n`
    writeFileSync(join(dir, 'index.ts'), text)
    const { stdout, stderr } = await here.run(command, '--json', '--scenarios', dir)
    expect(JSON.stringify(JSON.parse(stdout))).toContain('tiny-stall')
    expect(stderr.match(/hello/g)).toHaveLength(3)
  })

  const planned = async (...args: string[]): Promise<string[]> => {
    const { code, stdout, stderr } = await here.run('plan', '--json', '--runtime', 'processes', ...args)
    expect(stderr).toBe('')
    expect(code).toBe(0)
    return JSON.parse(stdout).map(({ scenario }: { scenario: string }) => scenario)
  }

  it('the gate is what is planned where nothing is named', async () => {
    expect(await planned()).toEqual(builtIn.gate)
  })

  it('every built-in scenario can be planned', async () => {
    const names = builtIn.scenarios.map(({ name }) => name)
    expect(names.length).toBeGreaterThan(builtIn.gate.length)
    expect(await planned(...names)).toEqual(names)
  })
})

it('writes neither a machine path nor a colour into plain output', async () => {
  const { stdout } = await here.run('plan', ...tiny)
  expect(stdout).not.toMatch(/\u001b/)
  expect(stdout).not.toContain(process.cwd())
})

it('ships no scenario that the index forgets', async () => {
  const files = readdirSync(join(import.meta.dirname, '../../scenarios')).filter((name) => /^\d/.test(name))
  const index = readFileSync(join(import.meta.dirname, '../../scenarios/index.ts'), 'utf8')
  for (const file of files) expect(index).toContain(`./${file}`)
})

const missing =
  process.platform === 'linux' && cpus().length > 1 ? undefined : 'it needs taskset and two CPUs'
describeWith('where not all CPUs are ours', { missing, promisedBy: 'CI_REQUIRE_ENGINE' }, () => {
  it('doctor counts those that are', async () => {
    const { stdout } = await here.startBy('taskset -c 0 "$@"', 'doctor').ended
    expect(stdout).toMatch(
      new RegExp(`^absent +host +1 of ${cpus().length} cores, .*\\n +→ with one core`, 'm'),
    )
  })
})
