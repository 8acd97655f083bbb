import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { reportTo } from '../../../harness/reporters/dispatch.ts'
import type { Reporter } from '../../../harness/reporters/reporter.ts'
import { runResult } from './a-run.ts'
import { runCalls } from './run-calls.ts'

type Hook = Exclude<keyof Reporter, 'name'>
const hooks: readonly Hook[] = [
  'runStarted',
  'armStarted',
  'armReady',
  'actStarted',
  'faultInjected',
  'faultProbed',
  'faultReverted',
  'systemEvent',
  'tick',
  'progress',
  'armEnded',
  'scenarioEnded',
  'runEnded',
]

function recorder(name: string, log: string[]): Reporter {
  return Object.assign(
    { name },
    Object.fromEntries(hooks.map((hook) => [hook, () => void log.push(`${name} ${hook}`)])),
  )
}

async function tellAll(reporters: readonly Reporter[]): Promise<string[]> {
  const notes: string[] = []
  const report = reportTo(reporters, (line) => notes.push(line))
  const all: Reporter = { name: 'all', ...report }
  for (const { tell } of runCalls())
    await Promise.resolve(tell(all)).catch((error: Error) => notes.push(error.message))
  await sleep(0)
  return notes
}

test('every hook reaches every reporter, in their order', async () => {
  const log: string[] = []
  expect(await tellAll([recorder('a', log), recorder('b', log)])).toEqual([])
  expect(new Set(log)).toEqual(new Set(hooks.flatMap((hook) => [`a ${hook}`, `b ${hook}`])))
  log.forEach((entry, i) => {
    expect(entry.startsWith(i % 2 === 0 ? 'a ' : 'b ')).toBe(true)
  })
})

test.each(hooks)(
  'a reporter that throws in %s breaks neither the run nor the next reporter',
  async (hook) => {
    const log: string[] = []
    const bad: Reporter = {
      ...recorder('bad', log),
      [hook]: () => {
        throw new Error('out of ink')
      },
    }
    const notes = await tellAll([bad, recorder('good', log)])
    expect(log).toContain(`good ${hook}`)
    expect(notes).toEqual([
      hook === 'runEnded'
        ? "a report is missing: reporter 'bad': out of ink"
        : `reporter 'bad' failed at ${hook}, the run goes on: out of ink`,
    ])
  },
)

test('a promise that is rejected is noted too, wherever it comes from', async () => {
  const rejects = (): Promise<never> => Promise.reject(new Error('no space left'))
  const notes = await tellAll([
    { name: 'early', tick: rejects },
    { name: 'late', runEnded: rejects },
  ])
  expect(notes).toEqual([
    "reporter 'early' failed at tick, the run goes on: no space left",
    "a report is missing: reporter 'late': no space left",
  ])
})

test('a reporter that failed once is still told how the run ended', async () => {
  const log: string[] = []
  const notes = await tellAll([
    {
      ...recorder('slips', log),
      tick: () => {
        throw new Error('a slip')
      },
    },
  ])
  expect(log.at(-1)).toBe('slips runEnded')
  expect(notes).toHaveLength(1)
})

test('the end waits until every report is written', async () => {
  const written: string[] = []
  const slow = (name: string, ms: number): Reporter => ({
    name,
    runEnded: async () => {
      await sleep(ms)
      written.push(name)
    },
  })
  await reportTo([slow('a', 20), slow('b', 1)]).runEnded(runResult([]), '')
  expect(written).toEqual(['a', 'b'])
})
