import { join } from 'node:path'
import { journalOf } from './journal-of.ts'
import { familiesOf } from './openmetrics/families.ts'
import { tallied } from './openmetrics/tally.ts'
import { exposition } from './openmetrics/text.ts'
import type { Reporter, ReporterOutput } from './reporter.ts'
import { writeWhole } from './write-file.ts'

/** Writes `metrics.om`: the run as time series, OpenMetrics text with the times at which all of it was. */
export function openmetricsReporter({
  path,
  journal,
}: Pick<ReporterOutput, 'path' | 'journal'> = {}): Reporter {
  return {
    name: 'openmetrics',
    async runEnded(result, dir) {
      const { arms, endedAt } = await tallied(journalOf(dir, journal), result)
      await writeWhole(path ?? join(dir, 'metrics.om'), exposition(familiesOf(result, arms, endedAt)))
    },
  }
}
