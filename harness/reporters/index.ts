import { quietReporter } from './console/quiet.ts'
import { consoleReporter } from './console.ts'
import { githubReporter } from './github.ts'
import { htmlReporter } from './html.ts'
import { jsonReporter } from './json.ts'
import { junitReporter } from './junit.ts'
import { markdownReporter } from './markdown.ts'
import { openmetricsReporter } from './openmetrics.ts'
import { readEndpoint } from './otlp/endpoint.ts'
import { otlpReporter } from './otlp.ts'
import type { ReporterFactory } from './reporter.ts'

interface Known {
  readonly summary: string
  readonly factory: ReporterFactory
  /** It writes a file, which may be asked for elsewhere: `junit=build/junit.xml`. */
  readonly writes?: string
  /** It is there where it is asked for; the others are where none is asked for. */
  readonly onlyAsked?: true
  /** What is wrong with the environment that it is made in; none means that it can be. */
  readonly problems?: (env: Readonly<Record<string, string | undefined>>) => readonly string[]
}

/** Every reporter, by the name `--reporter` knows it by. */
export const reporters: Readonly<Record<string, Known>> = {
  console: {
    summary: 'progress and verdicts: live on a terminal, plain lines elsewhere',
    factory: (output) => (output.verbose ? consoleReporter(output) : quietReporter(output)),
  },
  json: {
    summary: 'everything, versioned, with a JSON Schema',
    factory: jsonReporter,
    writes: 'result.json',
  },
  html: {
    summary: 'verdicts, curves, checks and evidence on one page, offline',
    factory: htmlReporter,
    writes: 'report.html',
  },
  junit: {
    summary: 'a suite per scenario, a case per arm and check',
    factory: junitReporter,
    writes: 'junit.xml',
  },
  markdown: {
    summary: 'verdicts, effects and curves for a merge request',
    factory: markdownReporter,
    writes: 'summary.md',
  },
  github: {
    summary: 'annotations and the job’s summary on GitHub Actions, where it is on by itself',
    factory: githubReporter,
  },
  otlp: {
    summary: 'the run and its visits as traces, in OTLP/JSON',
    factory: (output) => otlpReporter(output),
    problems: (env) => readEndpoint(env).problems,
    writes: 'otlp.json',
    onlyAsked: true,
  },
  openmetrics: {
    summary: 'the run as time series, in OpenMetrics text',
    factory: openmetricsReporter,
    writes: 'metrics.om',
    onlyAsked: true,
  },
}

/** Those that a run has where none is asked for. @param env of the process */
export function usualReporters(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(reporters).flatMap(([name, { onlyAsked }]) =>
    onlyAsked || (name === 'github' && env.GITHUB_ACTIONS !== 'true') ? [] : [name],
  )
}
