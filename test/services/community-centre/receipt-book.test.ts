import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSabotage } from '../../../services/common/sabotage.ts'
import { openReceiptBook } from '../../../services/community-centre/receipts/receipt-book.ts'
import { paperOf } from '../../../services/community-centre/receipts/receipts.ts'
import { canonicalJson } from '../../../services/saeol/audit/canonical-json.ts'
import { receiptSubject } from '../../../services/saeol/ledger/papers.ts'

let directory: string
let files = 0

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'saeol-chaos-receipts-'))
})

afterAll(() => rm(directory, { recursive: true, force: true }))

const newFile = () => join(directory, `book-${files++}`, 'receipts.jsonl')
const counters = new Map(
  ['jongno', 'jung'].map((office) => [office, (subject: unknown) => `${office} ${canonicalJson(subject)}`]),
)
const honest = createSabotage([])
const open = (file: string, now: () => number = Date.now, sabotaged = honest) =>
  openReceiptBook({ file, counters, now, sabotaged })
const visitor = (visit: string, office = 'jongno') => ({
  office,
  residentId: 'resident-1',
  kind: 'seal',
  visit,
})
/** Half past midnight of the 17th in Korea, which is still the 16th in Greenwich. */
const friday = Date.parse('2023-11-16T15:30:00Z')

describe('the book of receipts', () => {
  test('numbers each office by itself, under the date in Korea', async () => {
    await using book = await open(newFile(), () => friday)
    const numbers = []
    for (const [visit, office] of [
      ['a', 'jongno'],
      ['b', 'jung'],
      ['c', 'jongno'],
    ] as const) {
      numbers.push((await book.write(visitor(visit, office))).number)
    }
    expect(numbers).toEqual(['20231117-000001', '20231117-000001', '20231117-000002'])
  })

  test('gives the same visit the same receipt, also at the same moment and after a restart', async () => {
    const file = newFile()
    let first: unknown
    {
      await using book = await open(file)
      const receipts = await Promise.all(Array.from({ length: 10 }, () => book.write(visitor('same'))))
      first = receipts[0]
      for (const receipt of receipts) expect(receipt).toEqual(first)
    }
    await using book = await open(file)
    expect(await book.write(visitor('same'))).toMatchObject(first as object)
    expect(book.all()).toHaveLength(1)
  })

  test('keeps number and date in one order, whatever the clock does, over restarts', async () => {
    const step = fc.record({ clock: fc.integer({ min: 0, max: 10 }), reopen: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const file = newFile()
        let clock = friday
        let book = await open(file, () => clock)
        try {
          for (const [index, { clock: offset, reopen }] of steps.entries()) {
            clock = friday + offset * 1_000
            if (reopen) {
              await book[Symbol.asyncDispose]()
              book = await open(file, () => clock)
            }
            await book.write(visitor(`visit-${index}`))
          }
          const receipts = book.all()
          expect(receipts.map(({ number }) => Number(number.slice(-6)))).toEqual(
            steps.map((_, index) => index + 1),
          )
          const dates = receipts.map(({ receivedOn }) => receivedOn)
          expect(dates).toEqual([...dates].sort((a, b) => a - b))
        } finally {
          await book[Symbol.asyncDispose]()
        }
      }),
      { numRuns: 25 },
    )
  })

  test('does not date in the future what comes after a clock that was ahead, and mends what it dated', async () => {
    const file = newFile()
    const hour = 3_600_000
    let clock = friday
    {
      await using book = await open(file, () => clock)
      await book.write(visitor('right'))
      clock = friday + hour
      const paper = await book.write(visitor('ahead'))
      clock = friday + 60_000
      const after = await book.write(visitor('after'))
      expect(after).toMatchObject({ receivedOn: clock, number: expect.stringMatching(/000003$/) })
      // A little back is no reason to date anything anew.
      clock -= 500
      expect((await book.write(visitor('slewed'))).receivedOn).toBe(after.receivedOn)
      expect(paper.receivedOn).toBe(friday + hour)
    }
    clock += 1_000
    await using book = await open(file, () => clock)
    expect((await book.write(visitor('last'))).receivedOn).toBe(clock)
    expect(
      book.all().map(({ visit, receivedOn, writtenAs }) => [visit, receivedOn - friday, writtenAs]),
    ).toEqual([
      ['right', 0, undefined],
      ['ahead', 60_000, friday + hour],
      ['after', 60_000, undefined],
      ['slewed', 60_000, undefined],
      ['last', 60_500, undefined],
    ])
    const mended = book.find('ahead')!
    expect(mended.seal).toBe(counters.get('jongno')!(receiptSubject(paperOf(mended))))
  })

  test('hands out no number twice when many come at once', async () => {
    await using book = await open(newFile())
    const receipts = await Promise.all(
      Array.from({ length: 200 }, (_, index) => book.write(visitor(`${index}`))),
    )
    expect(new Set(receipts.map(({ number }) => number)).size).toBe(200)
    expect((await book.write(visitor('later'))).number).toMatch(/000201$/)
  })

  test('settles a receipt once, and remembers it', async () => {
    const file = newFile()
    {
      await using book = await open(file)
      const [a, b] = [await book.write(visitor('a')), await book.write(visitor('b'))]
      const settled = { state: 'entered', enteredAt: 5 } as const
      expect(await Promise.all([book.settle(a, settled), book.settle(a, settled)])).toEqual([true, false])
      expect(await book.settle(b, { state: 'rejected', reason: 'outside-window' })).toBe(true)
      expect(await book.settle(b, settled)).toBe(false)
      await book.write(visitor('c'))
    }
    await using book = await open(file)
    expect(book.all().map(({ visit, state }) => `${visit} ${state}`)).toEqual([
      'a entered',
      'b rejected',
      'c pending',
    ])
    expect(book.find('b')).toMatchObject({ reason: 'outside-window' })
    expect(book.pending('jongno').map(({ visit }) => visit)).toEqual(['c'])
    expect(book.pending('jung')).toEqual([])
  })

  test('cuts off the line a crash left half-written, and goes on after it', async () => {
    const file = newFile()
    {
      await using book = await open(file)
      await book.write(visitor('a'))
    }
    await appendFile(file, '{"written":{"office":"jongno","number":"20231117-0000')
    {
      await using book = await open(file)
      expect(book.all().map(({ visit }) => visit)).toEqual(['a'])
      expect((await book.write(visitor('b'))).number).toMatch(/000002$/)
    }
    await using book = await open(file)
    expect(book.all().map(({ visit }) => visit)).toEqual(['a', 'b'])
  })

  test('refuses a file that was damaged in the middle, and says where', async () => {
    const file = newFile()
    {
      await using book = await open(file)
      await book.write(visitor('a'))
      await book.write(visitor('b'))
    }
    const [first, second] = (await readFile(file, 'utf8')).split('\n')
    await writeFile(file, `${first!.slice(0, 20)}\n${second}\n`)
    await expect(open(file)).rejects.toThrow(`${file}:1: not readable`)
  })

  test('sabotage loses-receipts acknowledges every second one without keeping it', async () => {
    const file = newFile()
    await using book = await open(file, Date.now, createSabotage(['loses-receipts']))
    const numbers = []
    for (let index = 0; index < 10; index++) numbers.push((await book.write(visitor(`${index}`))).number)
    expect(new Set(numbers).size).toBe(10)
    expect(book.all()).toHaveLength(5)
  })
})
