/** `visit`: one visit in every arm, and what each service said of it. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Place, place } from './fixtures/command-line.ts'
import { trace, writeToldRun } from './fixtures/told-run.ts'

let here: Place
let dir: string

beforeAll(() => {
  here = place()
  dir = join(here.dir, 'a-run')
  mkdirSync(dir)
  writeToldRun(dir, 'one')
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
