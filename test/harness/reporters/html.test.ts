import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { JournalEvent } from '../../../harness/journal/events.ts'
import type { RunResult } from '../../../harness/model/result.ts'
import { html } from '../../../harness/reporters/html/escape.ts'
import { readStories, storyKey } from '../../../harness/reporters/html/stories.ts'
import { windowsOf } from '../../../harness/reporters/html/windows.ts'
import { htmlReporter } from '../../../harness/reporters/html.ts'
import type { Language } from '../../../harness/reporters/reporter.ts'
import { writeToldRun } from '../fixtures/told-run.ts'
import { runResult, scenarioResult } from './a-run.ts'
import { gpkiStall, overload } from './plans.ts'
import { strange } from './run-variants.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'html-reporter-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

async function written(
  result: RunResult,
  again?: (scenarios: readonly string[]) => string,
  lang?: Language,
): Promise<string> {
  const output = { ...(again !== undefined && { again }), ...(lang !== undefined && { lang }) }
  await htmlReporter(output).runEnded?.(result, dir)
  return readFileSync(join(dir, 'report.html'), 'utf8')
}

/** What a reader sees, tags and style left out. */
function textOf(page: string): string {
  return page
    .replaceAll(/<(style|script)>[\s\S]*?<\/\1>/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
}

const both = () => runResult([scenarioResult(gpkiStall), scenarioResult(overload)])

describe('the page', () => {
  it('says at first sight what came of it, for whom, and how to see it again', async () => {
    const result = both()
    const page = await written(result, (names) => `npm run chaos -- run ${names.join(' ')}`)
    const first = textOf(page.slice(0, page.indexOf('<section')))
    expect(first).toContain(`exit code 종료 코드 ${result.exitCode}`)
    expect(first).toContain(result.seed)
    for (const { scenario, said } of result.scenarios) {
      expect(first).toContain(scenario)
      expect(first).toContain(said.replaceAll("'", '&#39;'))
    }
    expect(first).toMatch(
      /officials: saved .* 231, lost .* 0, visits .* 320; difference .* 231 \[219 … 242\]/,
    )
    expect(first).not.toContain('interrupted')
    expect(first).toContain('npm run chaos -- run 17-nov-gpki-stall 22-nov-overload')
  })

  it('has the figures of result.json: of each effect, each check in each arm, each journey', async () => {
    const result = both()
    const text = textOf(await written(result))
    for (const { effects, arms } of result.scenarios) {
      for (const { users, visits, saved, lost, either, neither, difference } of effects)
        expect(text).toContain(`${users} ${visits} ${saved} ${lost} ${either} ${neither} ${difference}`)
      for (const { journeys, checks, faults } of arms) {
        for (const { ok, arrivals } of Object.values(journeys)) expect(text).toContain(`${ok} / ${arrivals}`)
        if (faults.length > 0) expect(text).toMatch(/late .* 3 ms … 2 ms/)
        for (const { check, source } of checks)
          for (const said of [check, source]) expect(text).toContain(said.replaceAll("'", '&#39;'))
      }
    }
  })

  it('says of an arm and of each check what its verdict means there, and what it is held against', async () => {
    const page = textOf(await written(both()))
    expect(page).toMatch(/untreated ✓ deviates, as it must 벗어남\(의도대로\)/)
    expect(page).toMatch(/officials log in and issue: success ≥ 95 % protected ≥ 95 % ✓ holds/)
  })

  it('names eight places to look at, and says how many more there are', async () => {
    const [scenario] = both().scenarios
    const [arm, ...arms] = scenario!.arms
    const lookAt = Array.from({ length: 10 }, (_, i) => `logs/${i}.log`)
    const page = textOf(await written(runResult([{ ...scenario!, arms: [{ ...arm!, lookAt }, ...arms] }])))
    expect(page).toContain('logs/7.log')
    expect(page).not.toContain('logs/8.log')
    expect(page).toContain('control: 2 more in result.json')
  })

  it('opens a visit that is named: in every arm, with its steps and the words of the services', async () => {
    const [scenario] = both().scenarios
    writeToldRun(dir, scenario!.scenario)
    const [arm, ...arms] = scenario!.arms
    const lookAt = ['official #7 at +1.0 s: timed-out', 'official #9 at +2.0 s: of which nothing is known']
    const page = textOf(await written(runResult([{ ...scenario!, arms: [{ ...arm!, lookAt }, ...arms] }])))
    expect(page).toContain(
      'control: official #7 at +1.0 s: timed-out untreated ✗ timed-out, 500 ms login 120 ms',
    )
    expect(page).toContain('treated ✓ issued, 500 ms login 120 ms')
    expect(page).toMatch(
      /untreated \(2\) ✗ login-queue-full.* \+0.35 s saeol POST \/login\/gpki 503 300 ms queue-full: the queue is full/,
    )
    expect(page).toContain('control: official #9 at +2.0 s: of which nothing is known')
  })

  it('opens in the language that is asked for', async () => {
    expect(await written(both())).toContain('<html lang="en">')
    expect(await written(both(), undefined, 'ko')).toContain('<html lang="ko">')
  })

  it('needs nothing from elsewhere, and is small', async () => {
    const page = await written(both())
    expect(page).not.toMatch(/(src|href)="(?!#)/)
    expect(page).not.toMatch(/@import|url\(/)
    expect(page.length).toBeLessThan(600_000)
    expect(page.match(/<svg /g)!.length).toBeGreaterThanOrEqual(6)
  })

  it('interprets nothing of a name, and holds no control character', async () => {
    const scenario = { ...scenarioResult(gpkiStall), scenario: strange, title: '<script>alert(1)</script>' }
    const page = await written(runResult([scenario]))
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(page).not.toContain('<script>alert')
    expect(page).not.toMatch(/[\u0000\u001b\u009b]|\ud800(?![\udc00-\udfff])/)
    expect(page).toContain('정부24 🙂')
  })

  it('comes of a run that was interrupted, of a void arm, and of one without any visit', async () => {
    const whole = scenarioResult(gpkiStall)
    const [control, ...others] = whole.arms
    const bare = { ...control!, journeys: {}, checks: [], faults: [], actions: [], generator: null }
    const voided = {
      ...control!,
      voids: [{ kind: 'host' as const, said: 'the host was busy', repeatHelps: true }],
    }
    const arms = [bare, voided, ...others]
    const result = { ...runResult([{ ...whole, arms }]), ending: 'interrupted' as const }
    const page = textOf(
      await written({ ...result, notRun: [{ scenario: '22-nov-overload', arms: ['control'] }] }),
    )
    expect(page).toContain('The run was interrupted')
    expect(page).toContain('the host was busy')
    expect(page).toMatch(/Never begun .*22-nov-overload \(control\)/)
    expect(page).toContain('no visit came')
    expect(textOf(await written(runResult([])))).toContain('No scenario was begun')
    expect(textOf(await written({ ...result, ending: 'failed' }))).toContain('The harness failed')
  })
})

it('windows tell where the checks of a journey look, what they found, and what a latency is held against', () => {
  const [success, login, ...others] = gpkiStall.checks
  const window = { during: 'fault', afterMs: 2000 }
  const checks = [
    { ...success!, params: { window } },
    { ...login!, params: { window: { during: ['fault', 'recovery'] } } },
    { ...login!, id: 'of-a-step', params: { window, step: 'login' } },
    ...others,
  ]
  const story = { plan: { ...gpkiStall, checks }, acts: [], faults: [], marks: [] }
  const [control, untreated] = scenarioResult(gpkiStall).arms
  const [first, second] = windowsOf('official-issues-certificate', control!, story)
  expect(first).toMatchObject({ fromMs: 5000, toMs: 11_000, tone: 'good' })
  expect(first).not.toHaveProperty('thresholdMs')
  expect(second).toMatchObject({ fromMs: 3000, toMs: 17_000, thresholdMs: 800 })
  expect(windowsOf('official-issues-certificate', untreated!, story)[0]!.title).toMatch(
    /deviates, as it must$/,
  )
  expect(windowsOf('nobody', control!, story)).toEqual([])
})

it('stories tell acts, faults, actions and events of each arm; of one that was repeated the last time', async () => {
  const path = join(dir, 'journal.jsonl')
  const at = 1_700_000_000_000
  const arm = { scenario: gpkiStall.scenario, arm: 'treated' } as const
  const started: JournalEvent = { kind: 'arm.started', at, ...arm, measures: [], faults: true }
  const events: JournalEvent[] = [
    {
      kind: 'run.started',
      at,
      version: 5,
      run: 'r',
      seed: 's',
      project: '0',
      node: '24',
      host: { platform: 'linux', cpus: 2, memoryMiB: 1 },
      runtime: 'processes',
      driver: 'builtin',
      toxiproxy: 'embedded',
    },
    { kind: 'scenario.started', at, plan: gpkiStall },
    started,
    { kind: 'act.started', at: at + 100, act: 'baseline', plannedAt: at + 100 },
    { ...started, because: 'it was void' },
    { kind: 'system', at: at + 900, service: 'saeol', event: 'listening', facts: {} },
    { kind: 'act.started', at: at + 1000, act: 'baseline', plannedAt: at + 1000 },
    { kind: 'act.ended', at: at + 4000, act: 'baseline' },
    { kind: 'fault.injected', at: at + 4000, fault: 'stall l4→gpki-a', plannedAt: at + 4000 },
    { kind: 'action.done', at: at + 5000, action: 'mute-desk', plannedAt: at + 5000, tookMs: 3 },
    { kind: 'system', at: at + 6000, service: 'saeol', event: 'fallback.opened', facts: {} },
    { kind: 'fault.reverted', at: at + 8000, fault: 'stall l4→gpki-a', plannedAt: at + 8000 },
    { kind: 'fault.reverted', at: at + 9000, fault: 'stall l4→gpki-a', plannedAt: null },
  ]
  writeFileSync(path, events.map((event) => `${JSON.stringify(event)}\n`).join(''))
  expect((await readStories(path)).get(storyKey(arm.scenario, arm.arm))).toMatchObject({
    acts: [{ act: 'baseline', fromMs: 0, toMs: 3000 }],
    faults: [{ fault: 'stall l4→gpki-a', fromMs: 3000, toMs: 7000 }],
    marks: [
      { kind: 'action', who: 'operator', what: 'mute-desk', ms: 4000 },
      { kind: 'event', who: 'saeol', what: 'fallback.opened', ms: 5000 },
    ],
  })
})

it('markup joins lists, leaves nothing out, and escapes all but markup', () => {
  const inner = html`<b>${'<'}</b>`
  expect(html`${[inner, 'a&b', null, false, undefined, 0]}"${"'"}`.markup).toBe('<b>&lt;</b>a&amp;b0"&#39;')
})
