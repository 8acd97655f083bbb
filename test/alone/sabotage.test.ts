/**
 * A guard is trusted once a sabotage of what it guards has been seen to break it. Each guard of each scenario names its
 * sabotages; here each is done to the running network, and that guard, no other, must notice.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makePlan } from '../../harness/experiment/make-plan.ts'
import { run } from '../../harness/experiment/run.ts'
import { builtinDriver } from '../../harness/load/builtin/driver.ts'
import type { CheckVerdict } from '../../harness/model/check.ts'
import type { Scenario } from '../../harness/model/scenario.ts'
import { reportTo } from '../../harness/reporters/dispatch.ts'
import { processesRuntime } from '../../harness/runtimes/processes/processes.ts'
import { routerPort } from '../../scenarios/16-nov-router-port.ts'
import { gpkiStall } from '../../scenarios/17-nov-gpki-stall.ts'
import { overload } from '../../scenarios/22-nov-overload.ts'
import { scenarios } from '../../scenarios/index.ts'
import { sabotageNames } from '../../services/common/sabotage.ts'

const capabilities = new Set(['links', 'packet-loss'] as const)
const runtime = processesRuntime({ toxiproxy: 'embedded' })
let out: string
beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'sabotage-'))
})
afterAll(async () => {
  await runtime[Symbol.asyncDispose]()
  rmSync(out, { recursive: true })
})

/**
 * Shorter than the gate, with more attackers and slower officers, so that counters write receipts for longer: enough for
 * every guard to have its samples.
 */
const shorter: Record<string, Record<string, string>> = {
  [gpkiStall.name]: { fault: '6s', recovery: '5s', attackers: '9/s', officials: '12/s', reaction: '1s' },
  [routerPort.name]: { fault: '6s', recovery: '3s', reaction: '1s' },
  [overload.name]: { fault: '2s', recovery: '2s' },
}

function planOf(scenario: Scenario) {
  const planned = makePlan(scenario, {
    set: shorter[scenario.name]!,
    without: [],
    faultsOn: true,
    capabilities,
    runtime: 'processes',
  })
  if (!('plan' in planned)) throw new Error(planned.problems.join('\n'))
  return planned.plan
}

/** What the guards of the treated arm come to under these sabotages, by title. */
async function guardsUnder(
  scenario: Scenario,
  sabotages: readonly string[],
): Promise<Record<string, CheckVerdict>> {
  const result = await run({
    plans: [{ plan: planOf(scenario), system: scenario.system, arms: ['treated'], sabotages }],
    parallel: 1,
    retryInconclusive: 0,
    seed: 'sabotage',
    runtime,
    driver: builtinDriver,
    toxiproxy: 'embedded',
    projectVersion: 'test',
    out,
    report: reportTo([]),
    signal: new AbortController().signal,
    bail: false,
  })
  const [arm] = result.scenarios[0]!.arms
  expect(arm!.error).toBeUndefined()
  return Object.fromEntries(
    arm!.checks.filter(({ role }) => role === 'guard').map(({ check, verdict }) => [check, verdict]),
  )
}

function titlesOfGuards(scenario: Scenario): string[] {
  return planOf(scenario)
    .checks.filter(({ role }) => role === 'guard')
    .map(({ title }) => title)
}

function guardsNaming(scenario: Scenario, sabotages: readonly string[]): string[] {
  return planOf(scenario)
    .checks.filter(
      (check) => check.role === 'guard' && check.sabotages?.some((name) => sabotages.includes(name)),
    )
    .map(({ title }) => title)
}

/** Those of one row break different guards, so one run shows them all. */
const rows: [Scenario, string[]][] = [
  [gpkiStall, ['accepts-any-password']],
  [gpkiStall, ['accepts-replayed-code']],
  [gpkiStall, ['opens-on-client-header']],
  [gpkiStall, ['ignores-revocation']],
  [gpkiStall, ['locks-accounts-globally', 'audit-drops-record', 'loses-receipts', 'overwrites-received-on']],
  [gpkiStall, ['enters-twice', 'orders-by-entry', 'backdates-anywhere']],
  [routerPort, ['probes-with-short-requests']],
  [routerPort, ['health-looks-deep', 'loses-receipts']],
  [overload, ['issues-twice', 'forgets-certificates']],
]

it('every sabotage that a guard names is done, and every one there is is named', () => {
  const named = scenarios.flatMap((scenario) =>
    planOf(scenario).checks.flatMap(({ sabotages }) => sabotages ?? []),
  )
  expect(new Set(rows.flatMap(([, names]) => names))).toEqual(new Set(named))
  expect(new Set(named)).toEqual(new Set(sabotageNames))
})

describe.each(scenarios)('$name', (scenario) => {
  it('has guards that hold while nothing is sabotaged', async () => {
    const guards = await guardsUnder(scenario, [])
    // Neither broken nor undecided: a guard that could not tell would not have noticed a sabotage either.
    expect(guards).toEqual(Object.fromEntries(Object.keys(guards).map((title) => [title, 'holds'])))
    expect(Object.keys(guards)).toEqual(titlesOfGuards(scenario))
  })
})

it.each(rows.map(([scenario, names]) => [names.join(' + '), scenario, names] as const))(
  '%s is noticed by the guard that names it',
  async (_, scenario, names) => {
    const guards = await guardsUnder(scenario, names)
    const broken = Object.keys(guards).filter((title) => guards[title] === 'deviates')
    expect(broken).toEqual(guardsNaming(scenario, names))
  },
)
