/** What a person types, and what they are told: one clear message, the right exit code, nothing started. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeWith } from '../needs.ts'
import { brokenScenarios, type Place, place, tinyScenarios, twiceScenarios } from './fixtures/command-line.ts'
import { runStarted } from './fixtures/run-started.ts'

let here: Place
beforeAll(() => {
  here = place()
})
afterAll(() => here[Symbol.dispose]())

const tiny = ['--scenarios', tinyScenarios]

const refused: [string, string[], RegExp][] = [
  [
    'an unknown scenario',
    ['run', 'tiny-stal', ...tiny],
    /unknown scenario 'tiny-stal': did you mean 'tiny-stall'\?/,
  ],
  [
    'an unknown measure',
    ['run', ...tiny, '--without', 'falback'],
    /--without: unknown measure 'falback': did you mean 'fallback'\?/,
  ],
  [
    'an unknown knob',
    ['run', ...tiny, '--set', 'user=1'],
    /--set: unknown knob 'user': did you mean 'users'\?/,
  ],
  ['a knob without a value', ['run', ...tiny, '--set', 'users'], /'users' is not key=value/],
  ['a knob that is no rate', ['run', ...tiny, '--set', 'users=many'], /'many' is not a rate/],
  [
    'an unknown reporter',
    ['run', ...tiny, '--reporter', 'jsn'],
    /unknown reporter 'jsn': did you mean 'json'\?/,
  ],
  [
    'files that reporters cannot write',
    ['run', ...tiny, '--reporter', 'console=a.txt,junit=,html=test,json=one.json,markdown=one.json'],
    /4 problems[\s\S]*'console' writes no file[\s\S]*'junit=' names no file[\s\S]*test, which is a directory[\s\S]*two reporters write .*one\.json/,
  ],
  ['an unknown arm', ['run', ...tiny, '--arm', 'treatd'], /unknown arm 'treatd': did you mean 'treated'\?/],
  ['an unknown driver', ['run', ...tiny, '--driver', 'k7'], /unknown driver 'k7': did you mean 'k6'\?/],
  [
    'an unknown scenario for k6',
    ['k6', 'tiny-stal', ...tiny],
    /unknown scenario 'tiny-stal': did you mean 'tiny-stall'\?/,
  ],
  [
    'entrances that there are not',
    ['k6', 'tiny-stall', ...tiny, '--base', 'usr->front=http://a', '--base', 'admin→front=http://b'],
    /2 problems[\s\S]*unknown entrance 'usr→front': did you mean 'user→front'\?[\s\S]*'admin→front'/,
  ],
  [
    'an address that is none',
    ['k6', 'tiny-stall', ...tiny, '--base', 'user→front=elsewhere'],
    /is not link=url, such as official→front=http/,
  ],
  [
    'an unwritable script',
    ['k6', 'tiny-stall', ...tiny, '--out', '/dev/null/load.ts'],
    /--out: cannot write \/dev\/null\/load\.ts/,
  ],
  ['an unknown runtime', ['run', ...tiny, '--runtime', 'cloud'], /'cloud' is invalid[\s\S]*processes/],
  [
    'an unknown option',
    ['run', '--repoter', 'json'],
    /unknown option '--repoter'[\s\S]*did you mean --reporter/i,
  ],
  [
    'an unwritable --out',
    ['run', ...tiny, '--out', '/dev/null/out'],
    /cannot keep the run in \/dev\/null\/out\/runs/,
  ],
  [
    'a directory without scenarios',
    ['list', '--scenarios', '/proc'],
    /no scenarios: none of \/proc\/index.ts/,
  ],
  ['a misspelt command', ['anaylze', '.chaos/latest'], /unknown command 'anaylze': did you mean 'analyze'\?/],
  [
    'two scenarios of one name',
    ['list', '--scenarios', twiceScenarios],
    /2 scenarios are called 'tiny-stall': 'the back accepts [^']+', 'another one'/,
  ],
  ['a run that is not there', ['analyze', '/nowhere'], /there is no journal at \/nowhere/],
]

describe('bad input', () => {
  it.each<[string, string[], RegExp]>(refused)('%s', async (_, args, words) => {
    const { code, stderr } = await here.run(...args)
    expect(stderr).toMatch(words)
    expect(code).toBe(4)
    expect(here.registers()).toEqual([])
  })

  it('a Toxiproxy that is not on PATH', async () => {
    using there = place({ PATH: here.dir })
    const { code, stderr } = await there.run('run', ...tiny, '--toxiproxy', 'path', '--out', there.out)
    expect(stderr).toMatch(/there is no 'toxiproxy-server' on PATH/)
    expect(code).toBe(4)
    expect(existsSync(there.out)).toBe(false)
  })

  it.each<[string, string | undefined, RegExp]>([
    [
      'is nowhere',
      undefined,
      /--driver k6: there is neither 'k6' on PATH nor a container engine; install k6 1\.8/,
    ],
    ['is too old', 'echo "k6 v0.47.0 (go1.21, linux/amd64)"', /is not k6 1\.0 or later: k6 v0\.47\.0/],
    ['is something else', 'echo "keyboard, six keys"', /is not k6 1\.0 or later: keyboard, six keys/],
    ['does not run', 'exit 3', /does not say its version/],
  ])('a k6 that %s is told before anything starts, with the remedy', async (_, says, words) => {
    using there = place({ PATH: join(here.dir, 'bin-of-k6') })
    rmSync(join(here.dir, 'bin-of-k6'), { recursive: true, force: true })
    mkdirSync(join(here.dir, 'bin-of-k6'))
    if (says !== undefined)
      writeFileSync(join(here.dir, 'bin-of-k6', 'k6'), `#!/bin/sh\n${says}\n`, { mode: 0o755 })
    const { code, stderr } = await there.run('run', ...tiny, '--driver', 'k6', '--out', there.out)
    expect(stderr).toMatch(words)
    expect(stderr).toMatch(/install k6 1\.8/)
    expect(code).toBe(4)
    expect(existsSync(there.out)).toBe(false)
    const { stdout } = await there.run('doctor')
    expect(stdout).toMatch(/absent +k6 /)
  })

  it('tells every problem of a plan at once, and starts nothing', async () => {
    const { code, stderr } = await here.run('run', '--scenarios', brokenScenarios, '--out', here.out)
    expect(code).toBe(4)
    expect(stderr).toMatch(/3 problems/)
    expect(stderr).toMatch(/bakc/)
    expect(stderr).toMatch(/falback/)
    expect(stderr).toMatch(/1000000\/s is impossible/)
    expect(existsSync(join(here.out, 'runs'))).toBe(false)
  })

  it('refuses what is no journal', async () => {
    const dir = join(here.dir, 'corrupt')
    mkdirSync(dir)
    writeFileSync(join(dir, 'journal.jsonl'), 'not a journal\n')
    const { code, stderr } = await here.run('analyze', dir)
    expect(stderr).toMatch(/is not a journal: it does not begin with run.started/)
    expect(code).toBe(4)
  })
})

describe('in a folder without scenarios', () => {
  let elsewhere: Place
  beforeAll(() => {
    elsewhere = place({}, here.dir)
  })
  afterAll(() => elsewhere?.[Symbol.dispose]())

  it.each([['run'], ['plan'], ['list'], ['up'], ['analyse-this']])(
    '%s does not take those of this package for it: exit 4',
    async (command) => {
      const { code, stdout, stderr } = await elsewhere.run(command)
      expect(stderr).toMatch(/no scenarios: none of .+\/scenarios\/index\.ts, .+'--scenarios built-in'/)
      expect(stdout).toBe('')
      expect(code).toBe(4)
      expect(elsewhere.registers()).toEqual([])
    },
  )

  it('a command that was misspelt is told as such', async () => {
    const { code, stderr } = await elsewhere.run('anaylze')
    expect(stderr).toMatch(/unknown command 'anaylze': did you mean 'analyze'\?/)
    expect(code).toBe(4)
  })

  it.each([
    ['by their name', ['22-nov-overload']],
    ['as the built-in ones', ['--scenarios', 'built-in', '22-nov-overload']],
  ])('those of this package can be had %s', async (_, args) => {
    const { code, stdout } = await elsewhere.run('plan', '--json', '--runtime', 'processes', ...args)
    expect(JSON.parse(stdout)).toMatchObject([{ scenario: '22-nov-overload' }])
    expect(code).toBe(0)
  })
})

describe('an exit code never lies', () => {
  it.each([
    [['list']],
    [['plan', ...tiny]],
    [['plan', ...tiny, '--json']],
    [['doctor']],
    [['--help']],
    [['run', '--help']],
  ])('%j | true: quiet, and 0', async (args) => {
    const { code, stderr } = await here.startBy('"$@" | true; exit $PIPESTATUS', ...args).ended
    expect(stderr.replace(/^runtime processes: .*\n/, '')).toBe('')
    expect(code).toBe(0)
  })

  it('nor does the reader of the errors count: 4 is 4', async () => {
    const { code } = await here.startBy('"$@" 2>&1 | true; exit $PIPESTATUS', 'plan', 'nothing').ended
    expect(code).toBe(4)
  })

  it.each([
    ['process.exit(0)', 4, /cannot load .*index\.ts: process\.exit\(0\) was called/],
    ['await new Promise(() => {})', 5, /it waits for what never comes/],
    ['setTimeout(() => { throw new Error("later") }); await new Promise(() => {})', 5, /caught: later/],
    ['Promise.reject(new Error("unheard"))', 5, /caught: unheard/],
  ])('a module of scenarios that says %s', async (text, exits, words) => {
    const dir = mkdtempSync(join(here.dir, 'odd-'))
    const from = pathToFileURL(join(tinyScenarios, 'index.ts')).href
    writeFileSync(join(dir, 'index.ts'), `${text}\nexport { scenarios } from '${from}'\n`)
    writeFileSync(join(dir, 'package.json'), '{ "type": "module" }')
    const { code, stderr } = await here.run('list', '--scenarios', dir)
    expect(stderr).toMatch(words)
    expect(code).toBe(exits)
  })

  const missing = existsSync('/dev/full') ? undefined : 'there is no /dev/full'
  describeWith('where what it prints cannot be kept', { missing, promisedBy: 'CI_REQUIRE_ENGINE' }, () => {
    it.each([[['list']], [['plan', ...tiny, '--json']], [['--help']]])('%j: 5, in words', async (args) => {
      const { code, stderr } = await here.startBy('"$@" >/dev/full', ...args).ended
      expect(stderr).toMatch(/saeol-chaos: an error that nothing caught: .*(ENOSPC|no space left)/)
      expect(code).toBe(5)
    })
  })

  it('5 for a report that was asked for and could not be written, and the others are written', async () => {
    const dir = join(here.dir, 'unwritable')
    mkdirSync(join(dir, 'junit.xml'), { recursive: true })
    writeFileSync(
      join(dir, 'journal.jsonl'),
      `${JSON.stringify(runStarted)}\n${JSON.stringify({ kind: 'run.ended', at: 2, outcome: 'finished' })}\n`,
    )
    const { code, stderr } = await here.run('analyze', dir, '--reporter', 'junit,json')
    expect(stderr).toMatch(/a report is missing: reporter 'junit': cannot write .*junit\.xml/)
    expect(code).toBe(5)
    expect(existsSync(join(dir, 'result.json'))).toBe(true)
    // Each file where it was asked for, its directory made.
    const elsewhere = join(here.dir, 'build', 'reports', 'tests.xml')
    expect((await here.run('analyze', dir, '--reporter', `junit=${elsewhere}`)).code).not.toBe(5)
    expect(existsSync(elsewhere)).toBe(true)
    // Where none is asked for, all are written.
    rmSync(join(dir, 'junit.xml'), { recursive: true })
    await here.run('analyze', dir)
    for (const file of ['result.json', 'report.html', 'junit.xml', 'summary.md'])
      expect(existsSync(join(dir, file)), file).toBe(true)
    // Named by its journal, a run has its reports beside that all the same.
    await here.run('analyze', join(dir, 'journal.jsonl'), '--reporter', 'html')
    expect(existsSync(join(dir, 'report.html'))).toBe(true)
  })
})
