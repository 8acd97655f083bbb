import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { page } from './html/page.ts'
import { readStories } from './html/stories.ts'
import type { Reporter, ReporterOutput } from './reporter.ts'
import { writeWhole } from './write-file.ts'

/**
 * Writes `report.html`: the run as one page to look at, which opens from disk without a network. Figures are those of
 * `result.json`; acts, faults and events on its curves come from the journal beside it.
 */
export function htmlReporter({
  again,
  path,
  lang,
}: Pick<ReporterOutput, 'again' | 'path' | 'lang'>): Reporter {
  return {
    name: 'html',
    async runEnded(result, dir) {
      const journal = join(dir, 'journal.jsonl')
      const stories = existsSync(journal) ? await readStories(journal) : new Map()
      const command = again?.(result.scenarios.map(({ scenario }) => scenario))
      await writeWhole(path ?? join(dir, 'report.html'), page(result, stories, { command, lang }))
    },
  }
}
