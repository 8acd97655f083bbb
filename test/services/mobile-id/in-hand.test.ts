/** Two who are at work on one ID: it never ends up in two states. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { unlimitedBudget } from '../../../services/common/budget.ts'
import { createLog } from '../../../services/common/log.ts'
import { temporaryIssuance } from '../../../services/measures/temporary-issuance.ts'
import { type Book, openBook } from '../../../services/mobile-id/book.ts'
import type { MobileId } from '../../../services/mobile-id/document.ts'
import { startFinalisingDesk } from '../../../services/mobile-id/finalising-desk.ts'
import { createIssuing } from '../../../services/mobile-id/issuing.ts'
import type { StorageClient } from '../../../services/mobile-id/storage-client.ts'
import { until } from '../gov24/portal.ts'

let directory: string
let book: Book
const stored = new Map<string, MobileId>()
/** Whoever keeps one waits for this. */
let gate = Promise.withResolvers<void>()
let kept = 0

const storage: StorageClient = {
  async keep(id) {
    kept += 1
    await gate.promise
    stored.set(id.number, id)
  },
  async remove(number) {
    stored.delete(number)
  },
}
const wanted = { residentId: 'resident-1', holderKeySpki: 'key' }
const sabotaged = () => false
const settings = temporaryIssuance.parameters.parse({ longestPauseMs: 10 })
const parts = () => ({ book, storage, sabotaged, settings, now: Date.now })
const issuingOf = () => createIssuing({ ...parts(), sign: () => 'signed' })

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'saeol-chaos-in-hand-'))
  book = await openBook(join(directory, 'book.jsonl'))
  stored.clear()
  gate = Promise.withResolvers()
  kept = 0
})
afterEach(async () => {
  await book[Symbol.asyncDispose]()
  await rm(directory, { recursive: true })
})

it('who comes while another is at work on an ID is asked to come again', async () => {
  const issuing = issuingOf()
  const first = issuing.issue(wanted, unlimitedBudget)
  await until(async () => kept === 1)
  await expect(issuing.issue(wanted, unlimitedBudget)).rejects.toMatchObject({ code: 'in-hand', status: 503 })
  await expect(issuing.revoke('resident-1', unlimitedBudget)).rejects.toMatchObject({ code: 'in-hand' })
  gate.resolve()
  expect(await first).toMatchObject({ status: 201, id: { number: 'M-000001' } })
  expect(await issuing.revoke('resident-1', unlimitedBudget)).toBe('M-000001')
  expect([...stored.keys()]).toEqual([])
})

it('the desk leaves what is in other hands, and makes final only what is still to be', async () => {
  const issuing = issuingOf()
  const { id } = await book.book(wanted, (number) => ({ ...wanted, number }) as MobileId)
  const done = issuing.take(id.number)!
  const log = createLog({ SERVICE_NAME: 'mobile-id', LOG_LEVEL: 'silent' })
  const desk = startFinalisingDesk({ ...parts(), issuing, log })
  gate.resolve()
  try {
    const other = { residentId: 'resident-2', holderKeySpki: 'other' }
    await book.book(other, (number) => ({ ...other, number }) as MobileId)
    await until(async () => stored.has('M-000002'))
    expect(stored.has('M-000001')).toBe(false)
    await book.settle('M-000001', 'revoked')
    done()
    const third = { residentId: 'resident-3', holderKeySpki: 'third' }
    await book.book(third, (number) => ({ ...third, number }) as MobileId)
    await until(async () => stored.has('M-000003'))
    expect(stored.has('M-000001')).toBe(false)
    expect(book.find('M-000001')?.state).toBe('revoked')
  } finally {
    await desk.stop()
  }
})
