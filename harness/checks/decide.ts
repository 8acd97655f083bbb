import type { Evidence } from '../model/check.ts'
import type { Interval } from '../stats/confidence.ts'
import type { Finding } from './check-kind.ts'
import { figuresOf, undecidedWords } from './figures.ts'

/** Holds when the interval clears the threshold, deviates when it misses it; between the two nobody knows. */
export function decide(
  [low, high]: Interval,
  threshold: number,
  good: Evidence['good'],
): 'holds' | 'deviates' | 'inconclusive' {
  if (good === 'at least') {
    if (low >= threshold) return 'holds'
    return high < threshold ? 'deviates' : 'inconclusive'
  }
  if (high <= threshold) return 'holds'
  return low > threshold ? 'deviates' : 'inconclusive'
}

/** An estimate with its interval; `Infinity` is a value like any other, such as the latency of those who got nothing. */
interface Estimate extends Pick<Evidence, 'n' | 'effective' | 'unit' | 'threshold' | 'good'> {
  readonly estimate: number
  readonly interval: Interval
  readonly smallestDetectable: number | null
}

/** The finding of an estimate: its verdict, and the sentence with the figures. */
export function estimated(options: {
  /** What was measured: `success`. */
  what: string
  /** What was sampled: `visits`. */
  samples: string
  found: Estimate
  /** Asked only where the verdict is open. */
  samplesToDecide: () => number | null
  lookAt: readonly string[]
}): Finding {
  const { what, samples, found, lookAt } = options
  const verdict = decide(found.interval, found.threshold, found.good)
  const evidence: Evidence = {
    ...found,
    estimate: finite(found.estimate),
    interval: [finite(found.interval[0]), finite(found.interval[1])],
    smallestDetectable: finite(found.smallestDetectable),
  }
  if (verdict !== 'inconclusive')
    return {
      verdict,
      evidence,
      said: `${what} ${figuresOf(evidence, samples)}`,
      ...(verdict === 'deviates' && { lookAt }),
    }
  const wanted = options.samplesToDecide()
  const samplesToDecide = wanted === null ? undefined : Math.max(wanted, found.n + 1)
  return {
    verdict,
    evidence: { ...evidence, ...(samplesToDecide !== undefined && { samplesToDecide }) },
    said: `${what} ${figuresOf(evidence, samples)}${undecidedWords(samplesToDecide, samples)}`,
    lookAt,
  }
}

/** JSON knows no infinity. */
function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null
}

/** The finding of a check that had nothing to look at. */
export function nothingSeen(
  why: string,
  evidence: Pick<Evidence, 'unit' | 'threshold' | 'good'> & { readonly samplesToDecide?: number | null },
): Finding {
  const { samplesToDecide, ...rest } = evidence
  return {
    verdict: 'inconclusive',
    evidence: {
      n: 0,
      estimate: null,
      interval: null,
      smallestDetectable: null,
      ...rest,
      ...(typeof samplesToDecide === 'number' && { samplesToDecide }),
    },
    said:
      typeof samplesToDecide === 'number'
        ? `${why}; about ${samplesToDecide} would decide at the least`
        : why,
  }
}
