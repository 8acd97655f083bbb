import { quietReporter } from './console/quiet.ts'
import { consoleReporter } from './console.ts'
import { htmlReporter } from './html.ts'
import { jsonReporter } from './json.ts'
import { junitReporter } from './junit.ts'
import type { ReporterFactory } from './reporter.ts'

/** Every reporter, by the name `--reporter` knows it by. */
export const reporters: Readonly<
  Record<string, { readonly summary: string; readonly factory: ReporterFactory }>
> = {
  console: {
    summary: 'progress and verdicts: live on a terminal, plain lines elsewhere',
    factory: (output) => (output.verbose ? consoleReporter(output) : quietReporter(output)),
  },
  json: {
    summary: 'result.json in the run directory, versioned, with a JSON Schema',
    factory: jsonReporter,
  },
  html: {
    summary: 'report.html in the run directory: verdicts, curves, checks and evidence on one page, offline',
    factory: htmlReporter,
  },
  junit: {
    summary: 'junit.xml in the run directory: a suite per scenario, a case per arm and check',
    factory: junitReporter,
  },
}
