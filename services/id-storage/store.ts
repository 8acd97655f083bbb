import { isDeepStrictEqual } from 'node:util'
import { openJournalFile } from '../common/journal-file.ts'
import { Problem } from '../common/problem.ts'
import type { MobileId } from '../mobile-id/document.ts'

type Line = { readonly kept: MobileId } | { readonly removed: string }

/** The IDs that count, in a file that only grows. */
export interface Store extends AsyncDisposable {
  /** @returns whether it is new; the same again does no harm @throws Problem 422 where the number is another ID's */
  keep(id: MobileId): Promise<boolean>
  remove(number: string): Promise<void>
  all(): readonly MobileId[]
}

/** @throws when the file cannot be read or written */
export async function openStore(file: string): Promise<Store> {
  const { journal, lines } = await openJournalFile<Line>(file)
  const kept = new Map<string, MobileId>()
  for (const line of lines) apply(line)

  function apply(line: Line): void {
    if ('kept' in line) kept.set(line.kept.number, line.kept)
    else kept.delete(line.removed)
  }

  return {
    async keep(id) {
      const known = kept.get(id.number)
      if (known !== undefined && !isDeepStrictEqual(known, id))
        throw new Problem(422, 'number-taken', `${id.number} is the number of another ID`)
      if (known === undefined) {
        await journal.append({ kept: id })
        apply({ kept: id })
      }
      return known === undefined
    },
    async remove(number) {
      await journal.append({ removed: number })
      apply({ removed: number })
    },
    all: () => [...kept.values()],
    [Symbol.asyncDispose]: () => journal[Symbol.asyncDispose](),
  }
}
