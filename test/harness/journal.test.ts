import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BadInput, HarnessError } from '../../harness/errors.ts'
import type { JournalEvent } from '../../harness/journal/events.ts'
import { readJournal } from '../../harness/journal/reader.ts'
import { openJournal } from '../../harness/journal/writer.ts'
import { runStarted as started } from './fixtures/run-started.ts'

let dir: string
let path: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'journal-'))
  path = join(dir, 'journal.jsonl')
})
afterEach(() => rmSync(dir, { recursive: true }))

const ended: JournalEvent = { kind: 'run.ended', at: 2, outcome: 'finished' }

async function read(): Promise<JournalEvent[]> {
  const events: JournalEvent[] = []
  await readJournal(path, (event) => events.push(event))
  return events
}

describe('the journal', () => {
  it('gives back what was appended, in order, and has it on disk at once', async () => {
    using journal = openJournal(path)
    journal.append(started)
    expect(readFileSync(path, 'utf8')).toBe(`${JSON.stringify(started)}\n`)
    const arm = journal.arm('s', 'control')
    arm.appendLines(`${JSON.stringify(ended)}\n`)
    arm.append(ended)
    const turn = { kind: 'arm.turn', at: expect.any(Number), scenario: 's', arm: 'control' }
    expect(await read()).toEqual([started, turn, ended, ended])
  })

  it('says whose lines follow where arms write side by side, and tells each event as it is written', async () => {
    const told: JournalEvent[] = []
    using journal = openJournal(path, (event) => told.push(event))
    journal.append(started)
    const [one, other] = [journal.arm('s', 'control'), journal.arm('s', 'treated')]
    one.append(ended)
    one.append(ended)
    other.append(ended)
    one.appendLines(`${JSON.stringify(ended)}\n${JSON.stringify(ended)}\n`)
    const read_ = await read()
    expect(read_.map((event) => (event.kind === 'arm.turn' ? event.arm : event.kind))).toEqual([
      'run.started',
      'control',
      'run.ended',
      'run.ended',
      'treated',
      'run.ended',
      'control',
      'run.ended',
      'run.ended',
    ])
    expect(told).toEqual(read_)
  })

  it('is never written over', () => {
    writeFileSync(path, 'precious')
    expect(() => openJournal(path)).toThrow(HarnessError)
    expect(readFileSync(path, 'utf8')).toBe('precious')
  })

  it.each(['rubbish', '{"at":1}', 'null', '3'])('tells of a line that is no event: %s', async (line) => {
    writeFileSync(path, `${JSON.stringify(started)}\n${line}\n${JSON.stringify(ended)}\n`)
    expect(await read()).toEqual([started, { kind: 'journal.damaged', at: 1, line: 2 }, ended])
  })

  it('tells of a line cut short, and gives the rest', async () => {
    writeFileSync(path, `${JSON.stringify(started)}\n${JSON.stringify(ended).slice(0, 20)}`)
    expect(await read()).toEqual([started, { kind: 'journal.damaged', at: 1, line: 2 }])
  })

  it.each([
    ['another beginning', `${JSON.stringify(ended)}\n`, /does not begin with run.started/],
    [
      'another version',
      `${JSON.stringify({ ...started, version: 99 })}\n`,
      /version 99; this saeol-chaos reads version 1, 2, 3, 4 and 5/,
    ],
    ['nothing at all', '', /is empty/],
  ])('refuses %s, naming file and line', async (_, content, words) => {
    writeFileSync(path, content)
    await expect(read()).rejects.toThrow(words)
    await expect(read()).rejects.toThrow(BadInput)
    await expect(read()).rejects.toThrow(path)
  })

  it('refuses a file that is not there', async () => {
    await expect(read()).rejects.toThrow(/cannot read the journal/)
  })

  it('keeps lines whole that cross the chunks of a read', async () => {
    writeFileSync(path, `${JSON.stringify(started)}\n`)
    const long: JournalEvent = {
      kind: 'invariant',
      at: 3,
      name: '주민등록'.repeat(300_000),
      checked: 0,
      violations: 0,
      examples: [],
      said: '',
    }
    appendFileSync(path, `${JSON.stringify(long)}\n${JSON.stringify(ended)}\n`)
    expect(await read()).toEqual([started, long, ended])
  })
})
