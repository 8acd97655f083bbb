/** A run in the directory of a test: two arms, one of which was run twice; visits with steps, some of them not served. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { successRate } from '../../../../harness/checks/success-rate.ts'
import type { JournalEvent } from '../../../../harness/journal/events.ts'
import { judgeEvents } from '../../../../harness/judging/judge-journal.ts'
import type { RunResult } from '../../../../harness/model/result.ts'
import { type ArmStory, counter, faultFromMs, faultToMs, planOf, stall } from '../../checks/arm-story.ts'
import { runEvents } from '../../checks/run-events.ts'

const service = successRate(counter, { atLeast: 0.9, during: 'fault', source: '† ours' })
const declare = { action: 'declare-normal', id: 'declare-normal', at: { ms: 3000 }, params: {} }

export const plan = planOf([service], { actions: [declare] })

const steps = { ask: 40, receive: 50 }
const served = { journey: counter, steps }

/** Visits 40 to 119 are not served in the arm without measures; twenty a second. */
export const untreated: ArmStory = {
  arm: 'untreated',
  injectedMs: faultFromMs + 4,
  revertedMs: faultToMs + 7,
  visits: [
    { ...served, toMs: faultFromMs },
    { ...served, fromMs: faultFromMs, toMs: faultToMs, ok: false, outcome: 'timed-out', tookMs: 700 },
    { ...served, fromMs: faultToMs },
  ],
  system: [{ event: 'alarm.raised', ms: 2500 }],
}

export const treated: ArmStory = {
  arm: 'treated',
  visits: [served],
  actions: [{ action: 'declare-normal', ms: 3010 }],
}

export interface ToldRun {
  readonly dir: string
  readonly journal: string
  readonly result: RunResult
}

/** Writes the journal into a directory of its own, and judges it. */
export function toldRun(
  events: readonly JournalEvent[] = runEvents([{ plan, arms: [untreated, untreated, treated] }]),
): ToldRun {
  const dir = mkdtempSync(join(tmpdir(), 'told-run-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  const journal = join(dir, 'journal.jsonl')
  writeFileSync(journal, events.map((event) => `${JSON.stringify(event)}\n`).join(''))
  return { dir, journal, result: judgeEvents(events) }
}

/** The name of the fault. */
export const fault = stall.id
