import { openJournalFile } from '../common/journal-file.ts'
import { Problem } from '../common/problem.ts'
import type { Sabotaged } from '../common/sabotage.ts'
import type { MobileId } from './document.ts'

/** `booked` has its number, and the storage has not said that it keeps it · `revoked` counts no more */
export type BookedState = 'booked' | 'stored' | 'revoked'

export interface BookedId {
  /** The final one. */
  readonly id: MobileId
  readonly state: BookedState
  /** What the citizen was given in its stead. */
  readonly temporary?: MobileId
}

type Line =
  | { readonly booked: MobileId }
  | { readonly number: string; readonly temporary: MobileId }
  | { readonly number: string; readonly state: BookedState }

/** Every how many temporary IDs the sabotage `forgets-temporaries` forgets one. */
const forgottenOneIn = 5

/** Every number that the issuer ever gave, in a file that only grows. Each resident has one ID that counts. */
export interface Book extends AsyncDisposable {
  /**
   * The ID of this phone: the same again where it was booked before.
   * @param issue makes it, under this number
   * @throws Problem 409 where another phone of this resident has one
   */
  book(
    asked: { readonly residentId: string; readonly holderKeySpki: string },
    issue: (number: string) => MobileId,
  ): Promise<BookedId>
  /** Gives one in its stead, once. @param issue makes it, under this number of their own range */
  giveTemporary(number: string, issue: (number: string) => MobileId): Promise<MobileId>
  settle(number: string, state: BookedState): Promise<void>
  find(number: string): BookedId | undefined
  /** The one that counts. */
  ofResident(residentId: string): BookedId | undefined
  all(): readonly BookedId[]
}

/** @throws when the file cannot be read or written */
export async function openBook(file: string, sabotaged: Sabotaged = () => false): Promise<Book> {
  const { journal, lines } = await openJournalFile<Line>(file)
  const byNumber = new Map<string, BookedId>()
  const byResident = new Map<string, string>()
  for (const line of lines) apply(line)
  let temporaries = lines.filter((line) => 'temporary' in line).length

  function apply(line: Line): void {
    if ('booked' in line) {
      const { number, residentId } = line.booked
      byNumber.set(number, { id: line.booked, state: 'booked' })
      byResident.set(residentId, number)
      return
    }
    const known = byNumber.get(line.number)
    if (known === undefined) return
    if ('temporary' in line) byNumber.set(line.number, { ...known, temporary: line.temporary })
    else byNumber.set(line.number, { ...known, state: line.state })
  }

  /** In memory first, so that two who ask at once are not given two; nobody is told before it is on disk. */
  async function write(line: Line): Promise<void> {
    apply(line)
    await journal.append(line)
  }

  function ofResident(residentId: string): BookedId | undefined {
    const found = byNumber.get(byResident.get(residentId) ?? '')
    return found?.state === 'revoked' ? undefined : found
  }

  return {
    async book({ residentId, holderKeySpki }, issue) {
      const known = ofResident(residentId)
      if (known !== undefined) {
        if (known.id.holderKeySpki === holderKeySpki) return known
        throw new Problem(409, 'has-one', 'another phone has this ID; report that phone as lost first')
      }
      const id = issue(numbered('M', byNumber.size + 1))
      await write({ booked: id })
      return byNumber.get(id.number)!
    },
    async giveTemporary(number, issue) {
      const known = byNumber.get(number)?.temporary
      if (known !== undefined) return known
      temporaries += 1
      const temporary = issue(numbered('T', temporaries))
      if (!(sabotaged('forgets-temporaries') && temporaries % forgottenOneIn === 0))
        await write({ number, temporary })
      return temporary
    },
    settle: (number, state) => write({ number, state }),
    find: (number) => byNumber.get(number),
    ofResident,
    all: () => [...byNumber.values()],
    [Symbol.asyncDispose]: () => journal[Symbol.asyncDispose](),
  }
}

function numbered(range: 'M' | 'T', count: number): string {
  return `${range}-${String(count).padStart(6, '0')}`
}
