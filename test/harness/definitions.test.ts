/** What a scenario or a system says is checked before anything starts, with words that name what was meant. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Place, place } from './fixtures/command-line.ts'

let here: Place
beforeAll(() => {
  here = place()
})
afterAll(() => here[Symbol.dispose]())

const url = (path: string): string => pathToFileURL(resolve(import.meta.dirname, '../..', path)).href

/** A directory of scenarios whose index is this. */
function written(name: string, text: string, file = 'index.ts'): string {
  const dir = join(here.dir, name)
  mkdirSync(dir)
  writeFileSync(join(dir, file), text)
  writeFileSync(join(dir, 'package.json'), '{ "type": "module" }')
  return dir
}

/** A scenario of the tiny system with some of it written by hand. */
const scenario = (parts: { faults?: string; load?: string; measures?: string; checks?: string }): string => `
import { arrivals, cut, defineScenario, delay, everyone, measure, packetLoss, reset, successRate } from '${url('harness/index.ts')}'
import { tinySystem } from '${url('test/harness/fixtures/tiny-system.ts')}'
import { userAsks } from '${url('test/harness/fixtures/tiny-journeys.ts')}'
const environment = () => ({ nobody: { X: '1' } })
const system = { ...tinySystem, measures: { ...tinySystem.measures,
  odd: { summary: 'of a service that is not there', environment },
  picky: { summary: 'checks its parameters', environment: () => ({}), problems: ({ ms }) => (ms > 0 ? [] : ['ms: must be above 0']) } } }
export const scenarios = [defineScenario({
  name: 'odd', title: 'odd', facts: [], system,
  knobs: { fault: { type: 'duration', default: '4s', describe: 'how long' }, users: { type: 'rate', default: '50/s', describe: 'how many' } },
  build: ({ fault, users }) => ({
    load: [${parts.load ?? 'arrivals(userAsks, users)'}],
    acts: { baseline: '1s', fault, recovery: '1s' },
    faults: [${parts.faults ?? "cut('front→back')"}],
    measures: [${parts.measures ?? "measure('fallback')"}],
    hypothesis: [successRate(userAsks, { atLeast: 0.9, during: 'fault', source: 'x' }), ${parts.checks ?? ''}],
  }),
})]`

const planned = (dir: string, ...more: string[]) =>
  here.run('plan', 'odd', '--scenarios', dir, '--runtime', 'processes', ...more)

it.each<[string, Parameters<typeof scenario>[0], RegExp]>([
  [
    'a misspelt option of a fault',
    { faults: "delay('front→back', '200ms', { jiter: '10ms' })" },
    /fault 'latency front→back': unknown option 'jiter': did you mean 'jitter'\?/,
  ],
  [
    'an option that another fault has',
    { faults: "reset('front→back', { jitter: '10ms' })" },
    /fault 'reset front→back': unknown option 'jitter'; there is from, to, id, repeat, after/,
  ],
  [
    'a misspelt option of a check',
    { checks: "everyone(userAsks, { atLeast: 10, durring: 'fault', source: 'x' })" },
    /check '.*everyone is served': unknown option 'durring': did you mean 'during'\?/,
  ],
  [
    'a misspelt option of arrivals',
    { load: "arrivals(userAsks, users, { proces: 'regular' })" },
    /load of 'user-asks': unknown option 'proces': did you mean 'process'\?/,
  ],
  [
    'a measure that sets variables of a service that is not there',
    { measures: "measure('odd')" },
    /measure 'odd' sets variables of unknown service 'nobody'; there is front, back/,
  ],
  [
    'parameters that a measure refuses',
    { measures: "measure('picky', { ms: 0 })" },
    /measure 'picky': ms: must be above 0/,
  ],
])('%s', async (name, parts, problem) => {
  const { code, stderr } = await planned(written(name, scenario(parts)))
  expect(stderr).toMatch(problem)
  expect(code).toBe(4)
})

it('a service of a kind that is not there', async () => {
  const text = scenario({}).replace(
    'const system = { ...tinySystem,',
    "const system = { ...tinySystem, services: { ...tinySystem.services, store: { kind: 'reddis' } },",
  )
  const { code, stderr } = await planned(written('kind of service', text))
  expect(stderr).toMatch(/store.*unknown kind.*'reddis'/)
  expect(code).toBe(4)
})

it('every problem is told at once', async () => {
  const dir = written(
    'many',
    scenario({
      faults: "delay('front→back', '200ms', { jiter: '10ms' })",
      measures: "measure('odd'), measure('falback')",
    }),
  )
  const { code, stderr } = await planned(dir)
  expect(stderr).toMatch(/3 problems:/)
  expect(code).toBe(4)
})

it.each([
  ['--set', 'fault=4', /--set fault: '4' is not a duration: write 250ms, 8s or 2m/],
  ['--set', 'users=50', /--set users: '50' is not a rate: write 40\/s or 600\/m/],
])('a knob without its unit: %s %s', async (flag, value, problem) => {
  const { code, stderr } = await planned(written(`knob ${value}`, scenario({})), flag, value)
  expect(stderr).toMatch(problem)
  expect(code).toBe(4)
})

it('knobs are printed as they are typed', async () => {
  const dir = written('typed', scenario({}))
  const { stdout } = await planned(dir)
  const [knobs] = /--set fault=\S+ --set users=\S+/.exec(stdout)!
  const again = await planned(dir, ...knobs.split(' '))
  expect(again).toMatchObject({ code: 0, stdout })
})

it.each([
  [
    'TypeScript',
    'index.ts',
    'export const scenarios: any = [\n  { a: 1 b: 2 },\n]\n',
    /index\.ts:2\n(.*\n)? {2}\{ a: 1 b: 2 \},\n {9}\^/,
  ],
  [
    'JavaScript',
    'index.js',
    'export const scenarios = [\n  { a: @ },\n]\n',
    /index\.js:2\n {2}\{ a: @ \},\n {7}\^/,
  ],
])('a syntax error in %s has its file, its line and a caret', async (name, file, text, where) => {
  const { code, stderr } = await planned(written(`broken ${name}`, text, file))
  expect(stderr).toMatch(where)
  expect(code).toBe(4)
})
