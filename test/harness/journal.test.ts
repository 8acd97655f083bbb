import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BadInput, HarnessError } from '../../harness/errors.ts'
import { type JournalEvent, journalVersion } from '../../harness/journal/events.ts'
import { readJournal } from '../../harness/journal/reader.ts'
import { openJournal } from '../../harness/journal/writer.ts'

let dir: string
let path: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'journal-'))
  path = join(dir, 'journal.jsonl')
})
afterEach(() => rmSync(dir, { recursive: true }))

const started: JournalEvent = {
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
const ended: JournalEvent = { kind: 'run.ended', at: 2, outcome: 'finished' }

async function read(onTruncated?: (line: number) => void): Promise<JournalEvent[]> {
  return Array.fromAsync(readJournal(path, onTruncated))
}

describe('the journal', () => {
  it('gives back what was appended, in order, and has it on disk at once', async () => {
    using journal = openJournal(path)
    journal.append(started)
    expect(readFileSync(path, 'utf8')).toBe(`${JSON.stringify(started)}\n`)
    journal.appendLines(`${JSON.stringify(ended)}\n`)
    expect(await read()).toEqual([started, ended])
  })

  it('is never written over', () => {
    writeFileSync(path, 'precious')
    expect(() => openJournal(path)).toThrow(HarnessError)
    expect(readFileSync(path, 'utf8')).toBe('precious')
  })

  it('tells of a last line cut short, and gives the rest', async () => {
    writeFileSync(path, `${JSON.stringify(started)}\n${JSON.stringify(ended).slice(0, 20)}`)
    const cut: number[] = []
    expect(await read((line) => cut.push(line))).toEqual([started])
    expect(cut).toEqual([2])
  })

  it.each([
    [
      'a line that is no JSON',
      `${JSON.stringify(started)}\nrubbish\n${JSON.stringify(ended)}\n`,
      /line 2 is not JSON: rubbish/,
    ],
    ['a line that is no event', `${JSON.stringify(started)}\n{"at":1}\n`, /line 2 is not a journal event/],
    ['another beginning', `${JSON.stringify(ended)}\n`, /does not begin with run.started/],
    [
      'another version',
      `${JSON.stringify({ ...started, version: 99 })}\n`,
      /version 99; this saeol-chaos reads version 1/,
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
