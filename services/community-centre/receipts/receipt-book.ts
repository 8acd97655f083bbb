import { openJournalFile } from '../../common/journal-file.ts'
import type { Sabotaged } from '../../common/sabotage.ts'
import { receiptSubject, type Signer } from '../../saeol/ledger/papers.ts'
import {
  type KeptReceipt,
  paperOf,
  type Receipt,
  type ReceiptState,
  type Receipts,
  type Visitor,
} from './receipts.ts'

type Settled = Exclude<ReceiptState, { state: 'pending' }>
type Redated = Required<Pick<Receipt, 'receivedOn' | 'writtenAs' | 'seal'>>
type Line =
  | { readonly written: Receipt }
  | { readonly visit: string; readonly settled: Settled }
  | { readonly visit: string; readonly redated: Redated }

/** Korea has no summer time. */
const koreaOffsetMs = 9 * 3_600_000

/** A clock that steps back by more was wrong before, in ms; by less, the receipt before has the later date. † ours. */
const stepBackMs = 1_000

/** Every how many receipts the sabotage `loses-receipts` loses one. */
const lostOneIn = 2

/**
 * Keeps receipts in a file that only grows, synced before anybody is told: it survives kill -9 and needs no
 * link.
 * @throws when the file cannot be read or written
 */
export async function openReceiptBook(options: {
  readonly file: string
  /** The counter of each office, which signs what it writes. */
  readonly counters: ReadonlyMap<string, Signer>
  /** Epoch ms. */
  readonly now: () => number
  readonly sabotaged: Sabotaged
}): Promise<Receipts> {
  const { now, sabotaged } = options
  const { journal, lines } = await openJournalFile<Line>(options.file)
  const byVisit = new Map<string, KeptReceipt>()
  const pending = new Map<string, Map<string, KeptReceipt>>()
  const writing = new Map<string, Promise<Receipt>>()
  const last = new Map<string, Receipt>()
  let kept = 0
  for (const line of lines) {
    apply(line)
    if ('written' in line) last.set(line.written.office, line.written)
    if ('redated' in line) noteLast(byVisit.get(line.visit))
  }

  /** What was dated anew is what the next one is compared with, if it was the last. */
  function noteLast(receipt: KeptReceipt | undefined): void {
    if (receipt !== undefined && last.get(receipt.office)?.number === receipt.number) {
      last.set(receipt.office, receipt)
    }
  }

  function apply(line: Line): void {
    if ('written' in line) {
      const receipt: KeptReceipt = { ...line.written, state: 'pending' }
      byVisit.set(receipt.visit, receipt)
      const ofOffice = pending.get(receipt.office) ?? new Map<string, KeptReceipt>()
      pending.set(receipt.office, ofOffice.set(receipt.visit, receipt))
      return
    }
    const receipt = byVisit.get(line.visit)
    if (receipt?.state !== 'pending') return
    if ('redated' in line) {
      const redated = { ...receipt, ...line.redated }
      byVisit.set(line.visit, redated)
      pending.get(receipt.office)?.set(line.visit, redated)
      return
    }
    byVisit.set(line.visit, { ...receipt, ...line.settled })
    pending.get(receipt.office)?.delete(line.visit)
  }

  /**
   * The clock was ahead: what it dated after this moment was received before it. Such receipts get the moment as their
   * date, and what stands on the paper is kept.
   */
  async function dateAnew(office: string, at: number): Promise<void> {
    const ahead = [...(pending.get(office)?.values() ?? [])].filter(({ receivedOn }) => receivedOn > at)
    const lines = ahead.map(({ visit, writtenAs, seal: _, state: __, ...receipt }) => {
      const { receivedOn, seal } = sealed({ ...receipt, visit, receivedOn: at })
      return { visit, redated: { receivedOn, seal, writtenAs: writtenAs ?? receipt.receivedOn } }
    })
    for (const line of lines) {
      apply(line)
      noteLast(byVisit.get(line.visit))
    }
    await Promise.all(lines.map((line) => journal.append(line)))
  }

  function sealed(receipt: Omit<Receipt, 'seal'>): Receipt {
    const counter = options.counters.get(receipt.office)
    if (counter === undefined) throw new Error(`the counter of ${receipt.office} has no key to sign with`)
    return { ...receipt, seal: counter(receiptSubject(paperOf(receipt))) }
  }

  /** Number and date are given in one go, so that their orders agree even when the clock steps back. */
  function number(visitor: Visitor): Receipt {
    const before = last.get(visitor.office)
    const at = now()
    const wasAhead = (before?.receivedOn ?? 0) - at > stepBackMs
    const receivedOn = wasAhead ? at : Math.max(at, before?.receivedOn ?? 0)
    const sequence = Number(before?.number.split('-').at(-1) ?? 0) + 1
    const day = new Date(receivedOn + koreaOffsetMs).toISOString().slice(0, 10).replaceAll('-', '')
    const receipt = sealed({
      ...visitor,
      number: `${day}-${String(sequence).padStart(6, '0')}`,
      receivedOn,
    })
    last.set(visitor.office, receipt)
    return receipt
  }

  async function keep(receipt: Receipt): Promise<Receipt> {
    kept += 1
    if (sabotaged('loses-receipts') && kept % lostOneIn === 0) return receipt
    const line = { written: receipt }
    await journal.append(line)
    apply(line)
    const latest = last.get(receipt.office)
    if (latest !== undefined) await dateAnew(receipt.office, latest.receivedOn)
    return receipt
  }

  return {
    async write(visitor) {
      const kept = byVisit.get(visitor.visit)
      if (kept !== undefined) return kept
      const underWay = writing.get(visitor.visit)
      if (underWay !== undefined) return underWay
      const written = keep(number(visitor)).finally(() => writing.delete(visitor.visit))
      writing.set(visitor.visit, written)
      return written
    },
    async settle({ visit }, settled) {
      if (byVisit.get(visit)?.state !== 'pending') return false
      // In memory first: of two clerks who come at once only one settles it.
      apply({ visit, settled })
      await journal.append({ visit, settled })
      return true
    },
    find: (visit) => byVisit.get(visit),
    all: () => [...byVisit.values()],
    pending: (office) => [...(pending.get(office)?.values() ?? [])],
    [Symbol.asyncDispose]: () => journal[Symbol.asyncDispose](),
  }
}
