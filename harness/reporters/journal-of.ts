import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { HarnessError } from '../errors.ts'

/**
 * The journal of a run, for reporters that tell more than its result holds.
 * @param dir of the run
 * @param named where it is not `journal.jsonl` there
 * @throws HarnessError where there is none
 */
export function journalOf(dir: string, named: string | undefined): string {
  const journal = named ?? join(dir, 'journal.jsonl')
  if (!existsSync(journal))
    throw new HarnessError(`there is no journal at ${journal}, and this is made of it`)
  return journal
}
