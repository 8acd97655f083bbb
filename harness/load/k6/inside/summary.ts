import type { K6Account } from '../protocol.ts'

/** What k6 hands to `handleSummary`, as far as it is read here. */
interface Summary {
  readonly metrics: Readonly<
    Record<
      string,
      | {
          readonly values: Readonly<Record<string, number>>
          readonly thresholds?: Readonly<Record<string, { readonly ok: boolean }>>
        }
      | undefined
    >
  >
}

/** k6's own account of the arm: what it counted itself, and how its thresholds came out. */
export function account({ metrics }: Summary): { stdout: string } {
  const count = (metric: string): number => metrics[metric]?.values.count ?? 0
  const said: K6Account = {
    kind: 'k6',
    started: count('visits'),
    droppedIterations: count('dropped_iterations'),
    thresholds: Object.entries(metrics).flatMap(([metric, known]) =>
      Object.entries(known?.thresholds ?? {}).map(([threshold, { ok }]) => ({ metric, threshold, ok })),
    ),
  }
  return { stdout: `${JSON.stringify(said)}\n` }
}
