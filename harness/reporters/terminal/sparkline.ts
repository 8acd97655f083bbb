const levels = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const

/** One cell of a sparkline, for a value between 0 and 1; values outside are taken as the nearest end. */
export function spark(value: number): string {
  const level = Math.round(Math.min(1, Math.max(0, value)) * (levels.length - 1))
  return levels[level]!
}

/** Where a latency stands between 10 ms (0) and 10 s (1), by its logarithm: the same height in every arm. */
export function latencyLevel(ms: number): number {
  return Math.log10(Math.max(ms, 1) / 10) / 3
}
