import type { InvariantReader } from '../../harness/index.ts'
import { mockStorageOperatorToken } from '../../services/id-storage/config.ts'
import { temporaryIssuance } from '../../services/measures/temporary-issuance.ts'
import type { BookedId } from '../../services/mobile-id/book.ts'
import { mockIssuerOperatorToken } from '../../services/mobile-id/config.ts'
import type { MobileId } from '../../services/mobile-id/document.ts'
import { atClose, facts, rows, type Topology, toldBy } from './read.ts'

/** The issuer's book, against the storage and the resident register. */
export const idInvariants: Readonly<Record<string, InvariantReader>> = {
  'no mobile ID is half-issued': async (topology, signal) => {
    const book = await bookAtClose(topology, signal)
    const stored = new Map(
      (await idsOf<MobileId>(topology, 'id-storage', mockStorageOperatorToken, signal)).map((id) => [
        id.number,
        id,
      ]),
    )
    const broken = book.flatMap(({ id, state }) => {
      const there = stored.get(id.number)
      stored.delete(id.number)
      if (state === 'booked') return [`${id.number} has its number, and was never stored`]
      if (state === 'revoked') return there === undefined ? [] : [`${id.number} is revoked, and stored`]
      if (there === undefined) return [`${id.number} was given out, and is not stored`]
      return there.signature === id.signature ? [] : [`${id.number} is not stored as it was given out`]
    })
    const unknown = [...stored.keys()].map((number) => `${number} is stored, and in nobody's book`)
    return facts(book, [...broken, ...unknown], `${book.length} IDs in the issuer's book`)
  },

  'each temporary ID was marked, short-lived and brought to an end': async (topology, signal, measures) => {
    const { params = {} } = measures.find(({ name }) => name === temporaryIssuance.name) ?? {}
    const { expiresInMs } = temporaryIssuance.parameters.parse(params)
    const given = (await bookAtClose(topology, signal)).flatMap(({ state, temporary }) =>
      temporary === undefined ? [] : [{ state, temporary }],
    )
    const byNumber = Map.groupBy(given, ({ temporary }) => temporary.number)
    const broken = given.flatMap(({ state, temporary }) => {
      const { number, issuedAt, expiresAt } = temporary
      return [
        ...(state === 'booked' ? [`${number} became no final one, and was not revoked`] : []),
        ...(temporary.temporary ? [] : [`${number} does not say that it is temporary`]),
        ...(number.startsWith('T-') ? [] : [`${number} is of the range of final ones`]),
        ...(byNumber.get(number)!.length > 1 ? [`${number} was given more than once`] : []),
        ...(Date.parse(expiresAt) - Date.parse(issuedAt) > expiresInMs
          ? [`${number} lasts until ${expiresAt}, longer than ${expiresInMs} ms`]
          : []),
      ]
    })
    const final = given.filter(({ state }) => state === 'stored').length
    const revoked = given.filter(({ state }) => state === 'revoked').length
    return facts(given, broken, `${given.length} temporary = ${final} made final + ${revoked} revoked`)
  },

  'the identity of each owner was checked': async (topology, signal) => {
    const book = await bookAtClose(topology, signal)
    const looked = await rows<{ subject: string }>(
      topology,
      `select subject from look_ups where system = 'mobile-id' and requester = subject and found`,
    )
    const checked = new Set(looked.map(({ subject }) => subject))
    return facts(
      book,
      book
        .filter(({ id }) => !checked.has(id.residentId))
        .map(({ id }) => `${id.number} is of ${id.residentId}, whom nobody looked up`),
      `${book.length} IDs, ${looked.length} look-ups of the issuer`,
    )
  },

  'mobile IDs given': async (topology, signal) => {
    const book = await bookOf(topology, signal)
    return numbersOf(book, `${book.length} IDs in the issuer's book`)
  },

  'mobile IDs revoked': async (topology, signal) => {
    const revoked = (await bookAtClose(topology, signal)).filter(({ state }) => state === 'revoked')
    return numbersOf(revoked, `${revoked.length} IDs revoked`)
  },
}

/** By the number that the citizen has. */
function numbersOf(book: readonly BookedId[], said: string) {
  const ids = book.flatMap(({ id, temporary }) => [id.number, ...(temporary ? [temporary.number] : [])])
  return { ...facts(book, [], said), ids }
}

/** Once its desk has had its time for what was left. */
function bookAtClose(topology: Topology, signal: AbortSignal): Promise<BookedId[]> {
  return atClose(
    () => bookOf(topology, signal),
    (book) => book.every(({ state }) => state !== 'booked'),
    signal,
  )
}

function bookOf(topology: Topology, signal: AbortSignal): Promise<BookedId[]> {
  return idsOf(topology, 'mobile-id', mockIssuerOperatorToken, signal)
}

async function idsOf<T>(
  topology: Topology,
  service: string,
  token: string,
  signal: AbortSignal,
): Promise<T[]> {
  return (await toldBy<{ ids: T[] }>(topology, { service, path: '/ids', token }, signal)).ids
}
