import { join } from 'node:path'
import { journalOf } from './journal-of.ts'
import { deliver } from './otlp/deliver.ts'
import { readEndpoint } from './otlp/endpoint.ts'
import { requestWriter } from './otlp/file.ts'
import { spansOfRun } from './otlp/run-spans.ts'
import type { Reporter, ReporterOutput } from './reporter.ts'
import { writePieces } from './write-file.ts'

/**
 * Writes `otlp.json`: the run as traces, one ExportTraceServiceRequest of OTLP/JSON. Run, scenarios, arms, acts, faults and
 * actions are one trace; each visit is a trace by the id that services were handed (`load/trace.ts`). Where the environment
 * names an endpoint, all of it is posted there too (`otlp/endpoint.ts`).
 * @param env of the process
 */
export function otlpReporter(
  { path, journal }: Pick<ReporterOutput, 'path' | 'journal'> = {},
  env: Readonly<Record<string, string | undefined>> = process.env,
): Reporter {
  return {
    name: 'otlp',
    async runEnded(result, dir) {
      const from = journalOf(dir, journal)
      const file = path ?? join(dir, 'otlp.json')
      await writePieces(file, async (write) => {
        const request = requestWriter(write)
        await spansOfRun(from, result, request.emit)
        request.end()
      })
      const { endpoint } = readEndpoint(env)
      if (endpoint !== undefined) await deliver(file, endpoint)
    },
  }
}
