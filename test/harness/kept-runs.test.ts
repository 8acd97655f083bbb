import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keptRuns, removeOldRuns } from '../../harness/experiment/kept-runs.ts'
import { makeRunDir, pointLatest } from '../../harness/experiment/run-dir.ts'
import { type Place, place } from './fixtures/command-line.ts'
import { runResult, scenarioResult } from './reporters/a-run.ts'
import { gpkiStall } from './reporters/plans.ts'

let here: Place
beforeEach(() => {
  here = place()
})
afterEach(() => here[Symbol.dispose]())

/** A run that is kept. @param ended whether it has a result */
function kept(id: string, ended = true): void {
  const dir = join(here.out, 'runs', id)
  mkdirSync(join(dir, 'logs'), { recursive: true })
  writeFileSync(join(dir, 'journal.jsonl'), 'x'.repeat(1000))
  writeFileSync(join(dir, 'logs', 'saeol.log'), 'x'.repeat(500))
  const result = JSON.stringify(runResult([scenarioResult(gpkiStall)]))
  if (ended) writeFileSync(join(dir, 'result.json'), result)
}

const ids = (): string[] => keptRuns(here.out).map(({ id }) => id)

describe('runs that are kept', () => {
  it('are told by age, with what they came to and the room they take', () => {
    kept('2026-02')
    kept('2026-01', false)
    writeFileSync(join(here.out, 'runs', 'a-file'), '')
    const [first, second] = keptRuns(here.out)
    expect(first).toMatchObject({ id: '2026-01', result: null, scenarios: [], bytes: 1500 })
    expect(second).toMatchObject({
      id: '2026-02',
      scenarios: ['17-nov-gpki-stall'],
      result: { verdict: 'holds' },
    })
    expect(second!.bytes).toBeGreaterThan(1500)
    expect(keptRuns(join(here.dir, 'nowhere'))).toEqual([])
  })

  it('are removed from the oldest on, until so many are left', () => {
    for (const id of ['2026-03', '2026-01', '2026-04', '2026-02']) kept(id)
    expect(removeOldRuns(here.out, 2)).toEqual(['2026-01', '2026-02'])
    expect(ids()).toEqual(['2026-03', '2026-04'])
    expect(removeOldRuns(here.out, 2)).toEqual([])
  })

  it('are left alone while they may be under way, and not for ever', () => {
    kept('2026-01', false)
    kept('2026-02')
    kept('2026-03')
    expect(removeOldRuns(here.out, 1)).toEqual(['2026-02'])
    const longAgo = (Date.now() - 2 * 24 * 3_600_000) / 1000
    utimesSync(join(here.out, 'runs', '2026-01', 'journal.jsonl'), longAgo, longAgo)
    expect(removeOldRuns(here.out, 1)).toEqual(['2026-01'])
    expect(ids()).toEqual(['2026-03'])
  })

  it('have ended by their journal too, where no result was asked for', () => {
    for (const id of ['2026-01', '2026-02']) kept(id, false)
    const journal = join(here.out, 'runs', '2026-01', 'journal.jsonl')
    writeFileSync(journal, '{"kind":"run.ended","at":1,"outcome":"finished"}\n')
    expect(removeOldRuns(here.out, 1)).toEqual(['2026-01'])
  })

  it('are listed by the command line', async () => {
    expect((await here.run('runs', '--out', here.out)).stdout).toMatch(/there are no runs in /)
    kept('2026-01')
    kept('2026-02', false)
    const { code, stdout } = await here.run('runs', '--out', here.out)
    expect(stdout).toMatch(/^2026-01 +0\.\d MiB {2}✓ holds {2}.* 17-nov-gpki-stall$/m)
    expect(stdout).toMatch(/^2026-02 .*no result: it is under way, or was killed$/m)
    expect(stdout).toMatch(/^2 kept, 0\.\d MiB in all$/m)
    expect(code).toBe(0)
    expect(JSON.parse((await here.run('runs', '--out', here.out, '--json')).stdout)).toHaveLength(2)
    expect((await here.run('run', '--keep-runs', '0')).stderr).toMatch(
      /--keep-runs must be a whole number, 1 or more/,
    )
  })
})

describe('the directory of a run', () => {
  it('is nothing to commit where this program made it, and otherwise its owner’s', () => {
    makeRunDir(here.out)
    expect(readFileSync(join(here.out, '.gitignore'), 'utf8')).toBe('*\n')
    const own = join(here.dir, 'own')
    mkdirSync(own)
    makeRunDir(own)
    expect(existsSync(join(own, '.gitignore'))).toBe(false)
    expect(readdirSync(own)).toEqual(['runs'])
  })
})

describe('latest', () => {
  it('leads to the newest run, and nothing else is left beside it', () => {
    for (const id of ['first', 'second']) {
      kept(id)
      expect(pointLatest(here.out, join(here.out, 'runs', id))).toBeUndefined()
      expect(readlinkSync(join(here.out, 'latest'))).toBe(join('runs', id))
    }
    expect(readdirSync(here.out).sort()).toEqual(['latest', 'runs'])
  })

  it.each<[string, (path: string) => void]>([
    ['directory', (path) => mkdirSync(path)],
    ['file', (path) => writeFileSync(path, 'mine')],
  ])('that is a %s of somebody is left as it is, and said to be stale', (what, make) => {
    kept('a-run')
    const latest = join(here.out, 'latest')
    make(latest)
    const dir = join(here.out, 'runs', 'a-run')
    expect(pointLatest(here.out, dir)).toBe(
      `${latest} does not lead to this run: it is a ${what}, which is left as it is: remove it; this run is in ${dir}`,
    )
    expect(existsSync(latest)).toBe(true)
    expect(readdirSync(here.out).sort()).toEqual(['latest', 'runs'])
  })

  it('that cannot be made is said to be stale', () => {
    expect(pointLatest(join(here.out, 'nowhere'), 'a-run')).toMatch(
      /latest does not lead to this run: ENOENT/,
    )
  })
})
