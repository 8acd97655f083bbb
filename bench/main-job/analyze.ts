import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { latency, successRate } from '../../harness/index.ts'
import { type JournalEvent, journalVersion } from '../../harness/journal/events.ts'
import { actsInTurn } from '../../harness/model/acts.ts'
import type { Plan } from '../../harness/model/plan.ts'
import { atMost, fixed, type Row } from '../../packages/toxiproxy/bench/row.ts'

const visits = 1_000_000
const actEnds = { baseline: 100_000, fault: 900_000, recovery: visits } as const

/** Judging a run of a million visits again: wall time and peak memory of the whole process. */
export async function run(): Promise<Row[]> {
  const dir = mkdtempSync(join(tmpdir(), 'bench-'))
  try {
    await writeJournal(join(dir, 'journal.jsonl'))
    const judge = `
      import { judgeJournal } from ${JSON.stringify(import.meta.resolve('../../harness/judging/judge-journal.ts'))}
      const result = await judgeJournal(process.argv[1])
      if (result.scenarios[0].arms[0].journeys['user-asks'].arrivals !== ${visits}) throw new Error('not every visit was read')
      console.log(process.resourceUsage().maxRSS)`
    const from = performance.now()
    const out = execFileSync(
      process.execPath,
      ['--input-type=module', '-e', judge, join(dir, 'journal.jsonl')],
      { encoding: 'utf8' },
    )
    const seconds = (performance.now() - from) / 1000
    return [
      atMost('analyze, a million visits', seconds, 2, (value) => `${fixed(value)} s`),
      atMost('analyze, peak memory', Number(out) / 1024, 256, (value) => `${fixed(value, 0)} MiB`),
    ]
  } finally {
    rmSync(dir, { recursive: true })
  }
}

async function writeJournal(path: string): Promise<void> {
  const { plan, ran } = millionVisits()
  const line = (event: JournalEvent): string => `${JSON.stringify(event)}\n`
  const file = createWriteStream(path)
  let chunk =
    line({ kind: 'run.started', at: 0, version: journalVersion, ...ran }) +
    line({ kind: 'scenario.started', at: 0, plan }) +
    line({ kind: 'arm.started', at: 0, scenario: 'million', arm: 'control', measures: [], faults: false })
  let n = 0
  for (const act of ['baseline', 'fault', 'recovery'] as const) {
    chunk += line({ kind: 'act.started', at: n, act, plannedAt: n })
    for (; n < actEnds[act]; n++) {
      chunk += line({
        kind: 'observation',
        at: n + 40.12,
        journey: 'user-asks',
        stream: 'user-asks/0',
        n,
        due: n,
        lagMs: 0.31,
        tookMs: 20 + (n % 97),
        outcome: 'served',
        ok: true,
        steps: { login: 12.25, certificate: 27.5 },
      })
      if (chunk.length < 1_000_000) continue
      if (!file.write(chunk)) await once(file, 'drain')
      chunk = ''
    }
    chunk += line({ kind: 'act.ended', at: n, act })
  }
  chunk += line({ kind: 'arm.ended', at: n, outcome: 'finished', tookMs: visits, plannedMs: visits })
  file.end(chunk + line({ kind: 'run.ended', at: n, outcome: 'finished' }))
  await once(file, 'finish')
}

function millionVisits() {
  const checks = [
    successRate('user-asks', { atLeast: 0.9, during: 'fault', source: 'bench' }),
    latency('user-asks', { quantile: 0.95, below: '1s', during: 'fault', source: 'bench' }),
  ]
  const plan: Plan = {
    scenario: 'million',
    title: 'a million visits',
    facts: [],
    system: 'tiny',
    knobs: {},
    acts: actsInTurn({ baseline: 100_000, fault: 800_000, recovery: 100_000 }),
    load: [{ journey: 'user-asks', perSecond: [1000, 1000], process: 'regular' }],
    faults: [],
    actions: [],
    measures: [],
    without: [],
    faultsOn: true,
    checks,
    baselineAtLeast: 0.9,
  }
  const host = { platform: '', cpus: 1, memoryMiB: 1 }
  const ran = {
    run: 'bench',
    seed: 's',
    project: '0',
    node: '',
    runtime: 'processes',
    driver: 'builtin',
    toxiproxy: '',
  }
  return { plan, ran: { ...ran, host } }
}
