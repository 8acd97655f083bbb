/**
 * OpenMetrics text 1.0 read to the letter, with what its specification asks of types, names, groups and times.
 * https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md
 */
export interface Read {
  readonly family: string
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
  /** Epoch ms. */
  readonly at: number
}

interface FamilyRead {
  readonly name: string
  readonly type: string
  unit: string | undefined
  /** Metrics of it, by their labels: those that are over must not come again. */
  readonly seen: Set<string>
  /** The metric whose samples are coming. */
  current: string | undefined
  lastAt: number
  readonly last: Map<string, Read>
}

const suffixes: Readonly<Record<string, readonly string[]>> = {
  counter: ['_total', '_created'],
  gauge: [''],
  info: ['_info'],
  stateset: [''],
  summary: ['', '_count', '_sum', '_created'],
}

/** @throws Error naming the line that is not as it must be */
export function read(text: string): Read[] {
  if (!text.endsWith('\n# EOF\n') && text !== '# EOF\n')
    throw new Error('it does not end with # EOF and a line end')
  if (!text.isWellFormed()) throw new Error('half a letter')
  const families = new Set<string>()
  const samples: Read[] = []
  let family: FamilyRead | undefined
  for (const line of text.slice(0, -'# EOF\n'.length).split('\n').slice(0, -1)) {
    const refuse = (why: string): never => {
      throw new Error(`${why}: ${line}`)
    }
    const [, keyword, name, rest] = /^# (TYPE|UNIT|HELP) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/s.exec(line) ?? []
    if (keyword === 'TYPE') {
      if (families.has(name!) || !(rest! in suffixes)) refuse('a family twice, or of no type')
      families.add(name!)
      family = {
        name: name!,
        type: rest!,
        unit: undefined,
        seen: new Set(),
        current: undefined,
        lastAt: 0,
        last: new Map(),
      }
    } else if (keyword !== undefined) {
      if (family?.name !== name || family!.current !== undefined) refuse('not where its family begins')
      if (keyword === 'UNIT' && !name!.endsWith(`_${rest}`)) refuse('the name does not end with the unit')
      if (keyword === 'HELP' && /\\(?![\\n"])|(?<!\\)"/.test(rest!)) refuse('not escaped')
    } else samples.push(sampleOf(line, family ?? refuse('before any family'), refuse))
  }
  return samples
}

function sampleOf(line: string, family: FamilyRead, refuse: (why: string) => never): Read {
  const shape =
    /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (NaN|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?) (\d+(?:\.\d+)?)$/s
  const [, name, inner, value, seconds] = shape.exec(line) ?? refuse('no sample with a time')
  const suffix = name!.slice(family.name.length)
  if (!name!.startsWith(family.name) || !suffixes[family.type]!.includes(suffix)) refuse('not of its family')
  const one = {
    family: family.name,
    name: name!,
    labels: labelsOf(inner ?? '', refuse),
    value: Number(value),
    at: Math.round(Number(seconds) * 1000),
  }
  expectValue(one, family, suffix, refuse)
  const apart = { stateset: family.name, summary: 'quantile' }[family.type]
  group(one, family, apart, refuse)
  return one
}

function labelsOf(inner: string, refuse: (why: string) => never): Record<string, string> {
  const pair = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\n"])*)"(?:,(?=.)|$)/
  const labels: Record<string, string> = {}
  for (let rest = inner; rest !== ''; ) {
    const [all, name, value] = pair.exec(rest) ?? refuse('no label')
    if (name! in labels || name!.startsWith('__')) refuse('a label twice, or one that is reserved')
    labels[name!] = value!.replaceAll(/\\(.)/gs, (_, letter) => (letter === 'n' ? '\n' : letter))
    rest = rest.slice(all.length)
  }
  return labels
}

function expectValue(
  { value, labels }: Read,
  { type, name }: FamilyRead,
  suffix: string,
  refuse: (why: string) => never,
): void {
  if (type === 'info' && value !== 1) refuse('info is 1')
  if (type === 'stateset' && !(labels[name] !== undefined && (value === 0 || value === 1)))
    refuse('a state is 0 or 1')
  const quantile = Number(labels.quantile)
  if (type === 'summary' && suffix === '' && !(quantile >= 0 && quantile <= 1)) refuse('no quantile')
  if ((type === 'counter' || type === 'summary') && (value < 0 || (suffix !== '' && Number.isNaN(value))))
    refuse('less than nothing')
}

/** Samples of a metric come together and in the order of their times; a counter never falls. */
function group(
  one: Read,
  family: FamilyRead,
  apart: string | undefined,
  refuse: (why: string) => never,
): void {
  const { [apart ?? '']: _, ...own } = one.labels
  const key = JSON.stringify(Object.entries(own).toSorted())
  if (key !== family.current) {
    if (family.seen.has(key)) refuse('metrics are mixed')
    family.seen.add(key)
    Object.assign(family, { current: key, lastAt: 0 })
  }
  if (one.at < family.lastAt) refuse('times go back')
  family.lastAt = one.at
  const series = `${one.name} ${JSON.stringify(one.labels)}`
  const before = family.last.get(series)
  if (before !== undefined && before.at >= one.at) refuse('two samples at one time')
  const grows = one.name !== family.name && family.type !== 'info'
  if (grows && before !== undefined && before.value > one.value) refuse('a counter falls')
  family.last.set(series, one)
}
