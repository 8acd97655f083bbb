/** The script of a scenario's users: what it says, and what a real k6 makes of it without anybody's orders. */
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { latency, recovery, successRate } from '../../../harness/index.ts'
import { schedule } from '../../../harness/load/arrivals.ts'
import { endInWords } from '../../../harness/load/k6/exit-codes.ts'
import { findK6 } from '../../../harness/load/k6/find.ts'
import { entranceVariable } from '../../../harness/load/k6/script.ts'
import { thresholdsOf } from '../../../harness/load/k6/thresholds.ts'
import { type Place, place } from '../fixtures/command-line.ts'
import { userAsks } from '../fixtures/tiny-journeys.ts'
import { startTarget, type Target } from './target.ts'

let here: Place
let target: Target
beforeAll(async () => {
  here = place()
  target = await startTarget()
})
afterAll(async () => {
  here[Symbol.dispose]()
  await target?.[Symbol.asyncDispose]()
})

const source = '† ours'

describe('thresholds', () => {
  it('are success rates and latencies of one journey in one act', () => {
    const checks = [
      successRate(userAsks, { atLeast: 0.95, during: 'fault', source }),
      latency(userAsks, { quantile: 0.95, below: '800ms', during: 'fault', source }),
      latency(userAsks, { quantile: 0.999, below: '2s', during: 'fault', source }),
      latency(userAsks, { quantile: 0.5, below: 90, during: 'baseline', step: 'ask', source }),
    ]
    expect(thresholdsOf(checks)).toEqual({
      thresholds: {
        'visit_ok{journey:user-asks,act:fault}': ['rate>=0.95'],
        'visit_took{journey:user-asks,act:fault}': ['p(95)<=800', 'p(99.9)<=2000'],
        'visit_step{step:ask,journey:user-asks,act:baseline}': ['p(50)<=90'],
      },
      untold: [],
    })
  })

  it('leave to the harness what k6 cannot see, and say which', () => {
    const checks = [
      successRate(userAsks, {
        atLeast: 0.95,
        during: 'fault',
        after: '2s',
        source,
        title: 'a',
      }),
      successRate(userAsks, { atLeast: 0.95, during: ['fault', 'recovery'], source, title: 'b' }),
      latency(userAsks, { quantile: 0.5, below: 90, during: 'fault', after: '1s', source, title: 'c' }),
      successRate([userAsks, 'another'], { atLeast: 0.95, during: 'fault', source, title: 'd' }),
      { ...recovery(userAsks, { within: '4s', source }), title: 'e' },
    ]
    expect(thresholdsOf(checks)).toEqual({ thresholds: {}, untold: ['a', 'b', 'c', 'd', 'e'] })
  })
})

it.each([
  [0, null, 'exit code 0'],
  [99, null, 'exit code 99: thresholds were crossed'],
  [107, null, 'exit code 107: the script threw an exception'],
  [42, null, 'exit code 42'],
  [null, 'SIGKILL', 'SIGKILL'],
])('an end with %s, %s in words', (code, signal, words) => expect(endInWords(code, signal)).toBe(words))

it('names each entrance as a variable of the environment of its own', () => {
  expect(entranceVariable('official→community-centre')).toBe('OFFICIAL_TO_COMMUNITY_CENTRE')
  expect(entranceVariable('시민→front')).toBe('xc2dcxbbfc_TO_FRONT')
  const names = ['시민→front', '직원→front', '시민1→front', 'a_b→front', 'a-b→front', 'A-b→front']
  expect(new Set(names.map(entranceVariable)).size).toBe(names.length)
  for (const name of names) expect(entranceVariable(name)).toMatch(/^[A-Za-z_][A-Za-z0-9_]*$/)
})

const found = await findK6()
const missing =
  'missing' in found ? found.missing : found.k6.by === 'image' ? "there is no 'k6' on PATH" : undefined
const required = process.env.CI_REQUIRE_K6 === '1'

describe(`a script that k6 runs alone${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  if (missing !== undefined) {
    it.skipIf(!required)('can be run', () => expect.fail(`CI_REQUIRE_K6=1, but ${missing}`))
    return
  }

  /** What a person may call a journey, and k6 takes threshold names apart by. */
  const name = `asks, "twice" {or: 'more'}`

  /** Users of a scenario of two seconds with a surge, against the target itself. */
  async function scriptFor(path: string, ...args: string[]): Promise<string> {
    const dir = join(here.dir, 'scenarios')
    const root = pathToFileURL(join(import.meta.dirname, '../../..')).href
    await promisify(execFile)('mkdir', ['-p', dir])
    writeFileSync(
      join(dir, 'index.ts'),
      `import { arrivals, defineScenario, defineSystem, entrance, successRate, surge } from '${root}/harness/index.ts'
       const journey = { name: ${JSON.stringify(name)}, title: 'asks', entrance: 'user→front', succeedsWith: ['200'] }
       export const scenarios = [defineScenario({
         name: 'short', title: 'short\\u2028or\\nso', facts: [],
         system: defineSystem({
           name: 'one', services: { front: { kind: 'node', module: 'file:///x', ports: { main: 'PORT' }, health: { path: '/' } } },
           links: [entrance('user', 'front')], measures: {}, invariants: {},
           journeys: { module: '${pathToFileURL(join(dir, 'journeys.ts')).href}', all: [journey] },
           prepare: async () => ({ users: '${join(dir, 'users.json')}' }), userData: 'users',
         }),
         build: () => ({
           load: [arrivals(journey, '30/s')],
           acts: { baseline: '500ms', fault: '1s', recovery: '500ms' },
           faults: [surge(journey, '60/s')],
           measures: [],
           hypothesis: [successRate(journey, { atLeast: 0.9, during: 'fault', source: '† ours' })],
         }),
       })]`,
    )
    writeFileSync(join(dir, 'users.json'), JSON.stringify({ path }))
    writeFileSync(
      join(dir, 'journeys.ts'),
      `import type { Journey } from '${root}/harness/index.ts'
       export const asks: Journey = {
         name: ${JSON.stringify(name)}, title: 'asks', entrance: 'user→front', succeedsWith: ['200'],
         run: async ({ http, data }) => String((await http('GET', (data as { path: string }).path)).status),
       }`,
    )
    const out = join(here.dir, 'written', 'load.ts')
    const { code, stderr, stdout } = await here.run('k6', 'short', '--scenarios', dir, '--out', out, ...args)
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(stdout).toContain(`k6 run `)
    return out
  }

  async function k6Run(script: string, ...args: string[]): Promise<{ code: number; said: string }> {
    return new Promise((resolve) =>
      execFile(
        'k6',
        ['run', '--quiet', '--no-usage-report', '--address', '', ...args, script],
        (error, stdout, stderr) =>
          resolve({ code: error === null ? 0 : Number(error.code), said: stdout + stderr }),
      ),
    )
  }

  const planned = [
    { id: `${name}/0`, perSecond: 30, durationMs: 2000 },
    { id: `surge/${name}`, perSecond: 60, durationMs: 1000 },
  ].reduce((sum, { id, perSecond, durationMs }) => {
    const stream = { id, journey: 'asks', perSecond: [perSecond, perSecond] as const, durationMs }
    return sum + [...schedule({ ...stream, process: 'poisson', begins: 'with-the-arm' }, '2023-11-17')].length
  }, 0)

  it('asks as often as is planned, and exits 0 where the service levels are met', async () => {
    const script = await scriptFor('/alone')
    const { code, said } = await k6Run(script, '-e', `USER_TO_FRONT=${target.url}`)
    expect(said).toContain('visit_ok{journey:asks%2C %22twice%22 %7Bor: %27more%27%7D,act:fault}')
    expect(said).toMatch(new RegExp(`visits\\.+: ${planned} `))
    expect(code).toBe(0)
    expect(target.asked.get('/alone')).toBe(planned)
  })

  it('exits 99 where they are not, at an address that is written into it', async () => {
    const script = await scriptFor('/unavailable', '--base', `user->front=${target.url}/`)
    expect(readFileSync(script, 'utf8')).toContain(`"${target.url}"`)
    const { code, said } = await k6Run(script)
    expect(said).toMatch(/thresholds on metrics 'visit_ok/)
    expect(code).toBe(99)
  })

  it('says what it wants where nobody gave it an address', async () => {
    const script = await scriptFor('/alone')
    const { code, said } = await k6Run(script)
    expect(said).toMatch(/k6 run -e USER_TO_FRONT=/)
    expect(code).toBe(107)
  })
})
