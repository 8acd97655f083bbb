/** `visit`: one visit in every arm, and what each service said of it. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { journalVersion } from '../../harness/journal/events.ts'
import { traceIdOf } from '../../harness/load/trace.ts'
import { type Place, place } from './fixtures/command-line.ts'

let here: Place
let dir: string
const trace = traceIdOf('s', 'official/0', 7)

const started = {
  kind: 'run.started',
  at: 1,
  version: journalVersion,
  run: 'r',
  seed: 's',
  project: '0',
  node: 'v24',
  host: { platform: 'linux', cpus: 2, memoryMiB: 1 },
  runtime: 'processes',
  driver: 'builtin',
  toxiproxy: 'embedded',
}
const arm = (name: string, at: number, because?: string) => [
  { kind: 'arm.started', at, scenario: 'one', arm: name, measures: [], faults: true, because },
  { kind: 'act.started', at: at + 100, act: 'before' },
]
const seen = (at: number, outcome: string, more: object = {}) => ({
  kind: 'observation',
  at,
  journey: 'official',
  stream: 'official/0',
  n: 7,
  due: at - 500,
  lagMs: 0,
  tookMs: 500,
  outcome,
  ok: outcome === 'issued',
  steps: { login: 120 },
  ...more,
})

beforeAll(() => {
  here = place()
  dir = join(here.dir, 'a-run')
  const events = [
    started,
    ...arm('untreated', 1_000),
    ...arm('treated', 1_000),
    { kind: 'arm.turn', at: 1_200, scenario: 'one', arm: 'untreated' },
    seen(2_600, 'timed-out'),
    seen(2_600, 'issued', { n: 8 }),
    { kind: 'arm.turn', at: 1_200, scenario: 'one', arm: 'treated' },
    seen(2_600, 'issued'),
    ...arm('untreated', 9_000, 'it was void'),
    seen(10_600, 'login-queue-full'),
  ]
  const logs = join(dir, 'logs', 'one', 'untreated-2')
  mkdirSync(logs, { recursive: true })
  writeFileSync(join(logs, 'nginx.log'), `GET / 499 "${trace}"\n`)
  writeFileSync(join(dir, 'journal.jsonl'), events.map((event) => `${JSON.stringify(event)}\n`).join(''))
  const line = (service: string, time: number, more: object) =>
    writeFileSync(
      join(logs, `${service}.log`),
      `no JSON\n${JSON.stringify({ level: 30, time, service, trace: 'another', msg: 'of another' })}\n${JSON.stringify({ level: 30, time, service, trace, ...more })}\n`,
    )
  line('saeol', 10_400, {
    method: 'POST',
    path: '/login/gpki',
    tookMs: 300,
    status: 503,
    code: 'queue-full',
    msg: 'the queue is full',
  })
  line('gpki-a', 10_300, {
    method: 'POST',
    path: '/verify',
    tookMs: 250,
    msg: 'the caller went before the answer',
  })
})
afterAll(() => here[Symbol.dispose]())

it('shows it in each arm and each try, with its steps and the words of the services, in their order', async () => {
  const { code, stdout } = await here.run('visit', dir, 'official #7')
  expect(code).toBe(0)
  expect(stdout).toBe(`official/0 #7  trace ${trace}

one  untreated  ✗ timed-out after 500 ms, due at +1.00 s
  steps    login 120 ms
  no service had anything to say of it

one  treated  ✓ issued after 500 ms, due at +1.00 s
  steps    login 120 ms
  no service had anything to say of it

one  untreated, try 2  ✗ login-queue-full after 500 ms, due at +1.00 s
  steps    login 120 ms
  +0.25 s  gpki-a  POST /verify      no answer  250 ms  the caller went before the answer
  +0.35 s  saeol   POST /login/gpki  503        300 ms  queue-full: the queue is full
           nginx                                        GET / 499 "${trace}"
`)
})

it('gives it as JSON', async () => {
  const { stdout } = await here.run('visit', dir, 'official#7', '--json')
  expect(JSON.parse(stdout)).toMatchObject([
    { arm: 'untreated', attempt: 1, trace, outcome: 'timed-out', hops: [] },
    { arm: 'treated', ok: true },
    {
      arm: 'untreated',
      attempt: 2,
      hops: [{ service: 'gpki-a' }, { service: 'saeol', code: 'queue-full' }, { service: 'nginx' }],
    },
  ])
})

it.each([
  [['official'], /'official' names no visit: write it as the run does/],
  [['official #9'], /has no visit 'official #9'/],
])('refuses %j', async (visit, words) => {
  const { code, stderr } = await here.run('visit', dir, ...visit)
  expect(stderr).toMatch(words)
  expect(code).toBe(4)
})

it('refuses a run that is not there', async () => {
  const { code, stderr } = await here.run('visit', '/nowhere', 'official #7')
  expect(stderr).toMatch(/there is no journal at \/nowhere/)
  expect(code).toBe(4)
})
