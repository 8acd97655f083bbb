import { createBudget } from '../common/budget.ts'
import { type AtDesk, type Desk, startDesk } from '../common/desk.ts'
import type { Log } from '../common/log.ts'
import type { Sabotaged } from '../common/sabotage.ts'
import type { TemporaryIssuanceParameters } from '../measures/temporary-issuance.ts'
import type { Book, BookedId } from './book.ts'
import type { MobileId } from './document.ts'
import { type Issuing, spoiltOneIn } from './issuing.ts'
import { isOutOfReach, type StorageClient } from './storage-client.ts'

/** Longest wait for one answer, in ms. † ours: patient, as no citizen waits for it. */
const patienceMs = 2_000

/** Makes a final ID of each temporary one once the storage takes it, and ends those whose time is over. */
export function startFinalisingDesk(options: {
  readonly book: Book
  readonly storage: StorageClient
  readonly issuing: Issuing
  readonly settings: TemporaryIssuanceParameters
  readonly sabotaged: Sabotaged
  readonly now: () => number
  readonly log: Log
}): Desk {
  const { book, storage, issuing, settings, sabotaged, now, log } = options
  let finalised = 0
  const isForgotten = ({ id }: BookedId) =>
    sabotaged('never-finalises') && Number(id.number.slice(2)) % spoiltOneIn === 0
  const waiting = (): BookedId[] =>
    book
      .all()
      .filter((one) => one.state === 'booked' && !issuing.isInHand(one.id.number) && !isForgotten(one))

  /** @returns whether it came to its end, or is in other hands */
  async function finalise({ number }: MobileId, signal: AbortSignal): Promise<boolean> {
    const done = issuing.take(number)
    if (done === undefined) return true
    try {
      // The phone may have been reported as lost while others were made final.
      const item = book.find(number)
      return item?.state !== 'booked' || (await toItsEnd(item, signal))
    } finally {
      done()
    }
  }

  async function toItsEnd({ id, temporary }: BookedId, signal: AbortSignal): Promise<boolean> {
    const { number } = id
    if (temporary !== undefined && Date.parse(temporary.expiresAt) <= now()) {
      log.info({ event: 'id.expired', number }, `${temporary.number} is over before there was a final one`)
      await book.settle(number, 'revoked')
      return true
    }
    try {
      await storage.keep(id, createBudget({ totalMs: patienceMs, signal }))
    } catch (error) {
      if (!isOutOfReach(error) && !signal.aborted)
        log.error({ event: 'id.refused', number, err: error }, `${number} was not taken`)
      return false
    }
    await book.settle(number, 'stored')
    finalised += 1
    return true
  }

  return startDesk({
    waiting: () => waiting().length,
    async round({ signal, turn }: AtDesk) {
      for (const one of waiting()) {
        await turn()
        if (signal.aborted || !(await finalise(one.id, signal))) return false
      }
      return true
    },
    drained: () => log.info({ event: 'ids.finalised', finalised }, 'every temporary ID came to its end'),
    perS: settings.finalisedPerS,
    longestPauseMs: settings.longestPauseMs,
  })
}
