import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { RunResult } from '../model/result.ts'
import { page } from './html/page.ts'
import { placesShown } from './html/scenario.ts'
import { readStories } from './html/stories.ts'
import type { Reporter, ReporterOutput } from './reporter.ts'
import { toldVisits, type VisitName, visitNamed } from './told-visits.ts'
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
      const isThere = existsSync(journal)
      const stories = isThere ? await readStories(journal) : new Map()
      const named = visitsToLookAt(result)
      const visits = isThere && named.length > 0 ? await toldVisits(dir, named) : []
      const command = again?.(result.scenarios.map(({ scenario }) => scenario))
      await writeWhole(path ?? join(dir, 'report.html'), page(result, stories, visits, { command, lang }))
    },
  }
}

function visitsToLookAt({ scenarios }: RunResult): VisitName[] {
  const places = scenarios.flatMap(({ arms }) => arms.flatMap(({ lookAt }) => lookAt.slice(0, placesShown)))
  return places.flatMap((place) => visitNamed(place) ?? [])
}
