import type { CheckSpec, Where } from '../model/check.ts'
import { unread } from '../near-miss.ts'

/** What every check may be told. */
export interface CommonOptions {
  /** Where the threshold comes from: a fact id, a source, or `† ours`. */
  readonly source: string
  readonly title?: string
  /** Stable name in `result.json` and JUnit; default: made of the kind and of what it looks at. */
  readonly id?: string
  /** The arms it speaks of; default: all. */
  readonly where?: Where
  /** Sabotages of the system that must break it. */
  readonly sabotages?: readonly string[]
}

/** A guard: an invariant, trusted once each of these sabotages has been seen to break it. */
export interface GuardOptions extends CommonOptions {
  readonly sabotages: readonly string[]
  /** Where its minimum sample is owed; default: wherever it applies. */
  readonly minimumWhere?: Where
}

const commonOptions = ['source', 'title', 'id', 'where', 'sabotages', 'minimumWhere']

/**
 * The parts of a spec that all builders make alike.
 * @param subject what it looks at, such as a journey's name
 * @param own names of the options that are the builder's own
 */
export function commonOf(
  kind: string,
  subject: string,
  options: CommonOptions & { readonly minimumWhere?: Where },
  own: readonly string[],
): Pick<CheckSpec, 'id' | 'kind' | 'source' | 'where' | 'minimumWhere' | 'sabotages' | 'unread'> {
  const { where, minimumWhere, sabotages } = options
  return {
    id: options.id ?? idOf(kind, subject),
    kind,
    source: options.source,
    ...(where !== undefined && { where }),
    ...(minimumWhere !== undefined && { minimumWhere }),
    ...(sabotages !== undefined && { sabotages }),
    ...unread(options, [...commonOptions, ...own]),
  }
}

/** `invariant`, `every receipt was entered` → `invariant:every-receipt-was-entered`. Letters of any script stay. */
function idOf(kind: string, subject: string): string {
  const slug = subject
    .toLowerCase()
    .replace(/[^\p{L}\p{N}+.]+/gu, '-')
    .replace(/^-+|-+$/g, '')
  return `${kind}:${slug}`
}
