import { join } from 'node:path'
import { summary } from './markdown/summary.ts'
import type { Reporter, ReporterOutput } from './reporter.ts'
import { writeWhole } from './write-file.ts'

/** Writes `summary.md`: the run in GitHub Flavored Markdown, for a merge request or a wiki. */
export function markdownReporter({ again, path }: Pick<ReporterOutput, 'again' | 'path'>): Reporter {
  return {
    name: 'markdown',
    runEnded(result, dir) {
      const command = again?.(result.scenarios.map(({ scenario }) => scenario))
      return writeWhole(path ?? join(dir, 'summary.md'), summary(result, { again: command }))
    },
  }
}
