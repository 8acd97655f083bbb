import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { reporters } from '../../../harness/reporters/index.ts'
import type { Reporter } from '../../../harness/reporters/reporter.ts'
import { planOf } from '../checks/arm-story.ts'
import { runEvents } from '../checks/run-events.ts'
import { runCalls } from './run-calls.ts'
import { runVariants } from './run-variants.ts'
import { paper, screen } from './screen.ts'

/** What each reporter may leave in the run's directory. */
const files: Readonly<Record<string, readonly string[]>> = {
  console: [],
  json: ['result.json'],
  html: ['report.html'],
  junit: ['junit.xml'],
  markdown: ['summary.md'],
  github: [],
  otlp: ['otlp.json'],
  openmetrics: ['metrics.om'],
}

/** The journal of a run stands beside its reports. */
const journal = runEvents([{ plan: planOf([]), arms: [{ arm: 'treated' }] }])

let dir: string
beforeEach(() => {
  // Nothing of what is told here goes to a developer's own collector.
  for (const name of Object.keys(process.env)) if (name.startsWith('OTEL_')) vi.stubEnv(name, undefined)
  vi.useFakeTimers()
  dir = mkdtempSync(join(tmpdir(), 'reporters-'))
  writeFileSync(join(dir, 'journal.jsonl'), journal.map((event) => `${JSON.stringify(event)}\n`).join(''))
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.useRealTimers()
  rmSync(dir, { recursive: true })
})

test('every reporter is in this contract', () => {
  expect(Object.keys(files)).toEqual(Object.keys(reporters))
})

describe.each(Object.entries(reporters))('%s', (name, { factory, summary }) => {
  test('has the name it is known by, and says what it is in one line', () => {
    expect(factory(paper().output).name).toBe(name)
    expect(summary).toMatch(/^[^\n]{10,100}$/)
  })

  describe.each(Object.keys(runVariants('')))('%s', (variant) => {
    const outputs = { 'a terminal': () => screen(100).output, 'a pipe': () => paper().output }

    test.each(Object.entries(outputs))('is told to %s without an error', async (_, output) => {
      const reporter = factory(output())
      for (const { tell } of runVariants(dir)[variant]!.calls) {
        await tell(reporter)
        vi.advanceTimersByTime(50)
      }
      expect(readdirSync(dir).filter((file) => file !== 'journal.jsonl')).toEqual(files[name])
      expect(vi.getTimerCount()).toBe(0)
    })

    test('leaves the same files when told twice', async () => {
      const written = async (): Promise<Record<string, string>> => {
        const reporter = factory(paper().output)
        for (const { tell } of runVariants(dir)[variant]!.calls) await tell(reporter)
        return Object.fromEntries(
          readdirSync(dir).map((file) => [file, readFileSync(join(dir, file), 'utf8')]),
        )
      }
      expect(await written()).toEqual(await written())
    })
  })

  test('reads only: what it is told is frozen', async () => {
    const reporter = factory(paper().output)
    for (const { tell } of runCalls({ dir })) await tell(frozen(reporter))
  })
})

/** Hands every argument on deeply frozen, so that writing to one throws. */
function frozen(reporter: Reporter): Reporter {
  return new Proxy(reporter, {
    get: (target, hook) => {
      const found = Reflect.get(target, hook) as unknown
      if (typeof found !== 'function') return found
      return (...args: unknown[]) => Reflect.apply(found, target, args.map(deepFreeze))
    },
  })
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    Object.values(value).forEach(deepFreeze)
  }
  return value
}
