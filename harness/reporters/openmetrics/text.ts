/**
 * OpenMetrics text 1.0, with a time for every sample.
 * https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md
 */
export interface Family {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'info' | 'stateset' | 'summary'
  /** The name ends with it. */
  readonly unit?: 'seconds'
  readonly help: string
  /** Each with its own labels; their samples do not mix. */
  readonly metrics: readonly Metric[]
}

interface Metric {
  readonly labels: Labels
  /** In the order of their times. */
  readonly samples: readonly Sample[]
}

export type Labels = Readonly<Record<string, string>>

export interface Sample {
  /** What follows the family's name, such as `_total`. */
  readonly suffix?: string
  /** Beside those of the metric, such as `quantile`. */
  readonly labels?: Labels
  readonly value: number
  /** Epoch ms. */
  readonly at: number
}

/** A whole exposition, up to its end; families without a metric are left out. */
export function exposition(families: readonly Family[]): string {
  return `${families
    .filter(({ metrics }) => metrics.length > 0)
    .map(familyText)
    .join('')}# EOF\n`
}

function familyText({ name, type, unit, help, metrics }: Family): string {
  const head = [`# TYPE ${name} ${type}`, ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`])]
  const samples = metrics.flatMap((metric) =>
    metric.samples.map(
      ({ suffix = '', labels, value, at }) =>
        `${name}${suffix}${labelsText({ ...metric.labels, ...labels })} ${value} ${(at / 1000).toFixed(3)}`,
    ),
  )
  return `${[...head, `# HELP ${name} ${escaped(help)}`, ...samples].join('\n')}\n`
}

function labelsText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')
}
