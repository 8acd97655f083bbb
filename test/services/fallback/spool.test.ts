import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AuditEntry } from '../../../services/saeol/audit/chain.ts'
import { openSpool, SpoolFullError } from '../../../services/saeol/audit/spool.ts'

let directory: string
let file: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'saeol-chaos-spool-'))
  file = join(directory, 'spool.jsonl')
})

afterEach(() => rm(directory, { recursive: true, force: true }))

function entry(number: number): AuditEntry {
  const id = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
  return { id, at: number, kind: 'login.refused', facts: { official: `홍길동-${number}` } }
}

const limitBytes = 100_000
const key = 'a key of the tests'

describe('openSpool', () => {
  it('gives back what was put in, in order, over a restart too', async () => {
    const spool = await openSpool({ file, limitBytes, key })
    await spool.add([entry(1), entry(2)])
    await spool.add([entry(3)])
    await spool.close()
    const again = await openSpool({ file, limitBytes, key })
    await again.add([entry(4)])
    expect(again.entries).toBe(4)
    expect(await again.read()).toEqual({ entries: [1, 2, 3, 4].map(entry), damaged: [] })
    await again.clear()
    expect(again.entries).toBe(0)
    await again.add([entry(5)])
    expect(await again.read()).toEqual({ entries: [entry(5)], damaged: [] })
    await again.close()
  })

  it('never grows beyond its limit, and keeps none of what does not fit whole', async () => {
    const spool = await openSpool({ file, limitBytes: 500, key })
    await spool.add([entry(1)])
    await expect(spool.add([entry(2), entry(3)])).rejects.toThrow(SpoolFullError)
    expect((await spool.read()).entries).toEqual([entry(1)])
    await spool.add([entry(2)])
    expect((await readFile(file)).length).toBeLessThanOrEqual(500)
    await spool.close()
  })

  it('forgets a line that a crash cut off, and only that', async () => {
    const spool = await openSpool({ file, limitBytes, key })
    await spool.add([entry(1), entry(2)])
    await spool.close()
    await appendFile(file, 'a1b2c3 {"id":"half')
    const again = await openSpool({ file, limitBytes, key })
    await again.add([entry(3)])
    expect(await again.read()).toEqual({ entries: [1, 2, 3].map(entry), damaged: [] })
    await again.close()
  })

  it('does not believe a line that was changed, and keeps it beside the spool', async () => {
    const spool = await openSpool({ file, limitBytes, key })
    await spool.add([entry(1), entry(2), entry(3)])
    await spool.close()
    await writeFile(file, (await readFile(file, 'utf8')).replace('홍길동-2', '홍길동-9'))
    const changed = (await readFile(file, 'utf8')).split('\n')[1]
    const again = await openSpool({ file, limitBytes, key })
    expect(await again.read()).toEqual({ entries: [entry(1), entry(3)], damaged: [changed] })
    await again.clear()
    expect(again.waiting).toBe(false)
    expect(await readFile(`${file}.damaged`, 'utf8')).toBe(`${changed}\n`)
    await again.close()
  })

  it('waits to be looked at while there is nothing in it but damage, after a restart too', async () => {
    await writeFile(file, 'not a line of ours\n')
    const spool = await openSpool({ file, limitBytes, key })
    expect(spool).toMatchObject({ entries: 0, waiting: true })
    await spool.clear()
    expect(spool.waiting).toBe(false)
    await spool.close()
  })

  it('believes nobody who has the file and not the key', async () => {
    const forged = await openSpool({ file, limitBytes, key: 'a guess' })
    await forged.add([entry(1), entry(2)])
    await forged.close()
    const spool = await openSpool({ file, limitBytes, key })
    const { entries, damaged } = await spool.read()
    expect(entries).toEqual([])
    expect(damaged).toHaveLength(2)
    await spool.close()
  })
})
