import type { Budget } from '../common/budget.ts'
import { Problem } from '../common/problem.ts'
import type { Sabotaged } from '../common/sabotage.ts'
import type { TemporaryIssuanceParameters } from '../measures/temporary-issuance.ts'
import type { Signer } from '../saeol/ledger/papers.ts'
import type { Book } from './book.ts'
import { type MobileId, mobileIdSubject } from './document.ts'
import { isOutOfReach, type StorageClient } from './storage-client.ts'

/** How long a final ID counts, ms. † ours: three years. */
const validMs = 3 * 365 * 86_400_000
/** Every how many IDs a sabotage spoils one. */
export const spoiltOneIn = 5

export interface Wanted {
  readonly residentId: string
  readonly holderKeySpki: string
}

/** How IDs come about, and end. */
export interface Issuing {
  /**
   * @returns 201 it is new · 200 this phone has had it
   * @throws Problem, DownstreamError where nothing is given
   */
  issue(wanted: Wanted, limit: Budget): Promise<{ readonly status: 200 | 201; readonly id: MobileId }>
  /** The phone is lost. @returns the number that counts no more @throws Problem 404 there is none · 503 not now */
  revoke(residentId: string, limit: Budget): Promise<string>
  isInHand(number: string): boolean
  /** One at a time is at work on a number. @returns what is called once that is over; undefined where somebody else is */
  take(number: string): (() => void) | undefined
}

/** @param parts.settings of the measure `temporary-issuance`; undefined where it is off */
export function createIssuing(parts: {
  readonly book: Book
  readonly storage: StorageClient
  readonly sign: Signer
  readonly settings: TemporaryIssuanceParameters | undefined
  readonly sabotaged: Sabotaged
  readonly now: () => number
}): Issuing {
  const { book, storage, settings, sabotaged, now } = parts
  const inHand = new Set<string>()
  let issued = 0

  function make(wanted: Wanted, number: string, lastsMs: number, temporary: boolean): MobileId {
    const at = now()
    const said = {
      ...wanted,
      number,
      issuedAt: new Date(at).toISOString(),
      expiresAt: new Date(at + lastsMs).toISOString(),
      temporary,
    }
    return { ...said, signature: parts.sign(mobileIdSubject(said)) }
  }

  function makeTemporary(wanted: Wanted, number: string, lastsMs: number): MobileId {
    return make(
      wanted,
      sabotaged('same-temporary-number') ? 'T-000001' : number,
      sabotaged('temporary-forever') ? validMs : lastsMs,
      !sabotaged('unmarked-temporary'),
    )
  }

  function take(number: string): (() => void) | undefined {
    if (inHand.has(number)) return undefined
    inHand.add(number)
    return () => inHand.delete(number)
  }

  function takeOrRefuse(number: string): () => void {
    const done = take(number)
    if (done === undefined) throw new Problem(503, 'in-hand', 'somebody is at work on it; come again')
    return done
  }

  /** The order is what matters: nobody holds an ID that the storage does not keep. */
  async function keep(id: MobileId, limit: Budget): Promise<void> {
    issued += 1
    if (!(sabotaged('half-issues') && issued % spoiltOneIn === 0)) await storage.keep(id, limit)
    await book.settle(id.number, 'stored')
  }

  return {
    async issue({ residentId, holderKeySpki }, limit) {
      const wanted = { residentId, holderKeySpki }
      const { id, state } = await book.book(wanted, (number) => make(wanted, number, validMs, false))
      if (state === 'stored') return { status: 200, id }
      const done = takeOrRefuse(id.number)
      try {
        if (book.find(id.number)?.state === 'revoked')
          throw new Problem(409, 'revoked', 'it was reported as lost in the meantime')
        await keep(id, limit)
        return { status: 201, id }
      } catch (error) {
        if (settings === undefined || !isOutOfReach(error)) throw error
        const { expiresInMs } = settings
        const temporary = await book.giveTemporary(id.number, (number) =>
          makeTemporary(wanted, number, expiresInMs),
        )
        return { status: 201, id: temporary }
      } finally {
        done()
      }
    },
    async revoke(residentId, limit) {
      const known = book.ofResident(residentId)
      if (known === undefined) throw new Problem(404, 'has-none', 'there is no ID that counts')
      const { number } = known.id
      const done = takeOrRefuse(number)
      try {
        if (sabotaged('finalises-lost')) return number
        if (known.state === 'stored') await storage.remove(number, limit)
        await book.settle(number, 'revoked')
        return number
      } finally {
        done()
      }
    },
    isInHand: (number) => inHand.has(number),
    take,
  }
}
