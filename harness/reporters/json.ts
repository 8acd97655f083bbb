import { join } from 'node:path'
import type { Reporter, ReporterOutput } from './reporter.ts'
import { writeWhole } from './write-file.ts'

/** Writes `result.json`, as `result.schema.json` beside this file describes it. */
export function jsonReporter({ path }: Pick<ReporterOutput, 'path'> = {}): Reporter {
  return {
    name: 'json',
    runEnded: (result, dir) =>
      writeWhole(path ?? join(dir, 'result.json'), `${JSON.stringify(result, null, 2)}\n`),
  }
}
