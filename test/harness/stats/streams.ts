/** Streams of outcomes with known truth, for the coverage of intervals. */

/** Replications of each cell; its standard error at 95 % is 0.5 %. */
export const replications = 2000

/**
 * Outcomes (1 with probability `share`) of a two-state Markov chain in its steady state; `correlation` is that of
 * neighbours. At 0 they are independent. A stretch of failures lasts 1 / (share (1 − correlation)) visits on average.
 */
export function burstyOutcomes(
  random: () => number,
  n: number,
  share: number,
  correlation: number,
): Uint8Array {
  const outcomes = new Uint8Array(n)
  let now = random() < share ? 1 : 0
  for (let i = 0; i < n; i++) {
    outcomes[i] = now
    now = random() < share * (1 - correlation) + now * correlation ? 1 : 0
  }
  return outcomes
}

/** How many stretches of failures such a stream has on average. */
export function burstsIn(n: number, share: number, correlation: number): number {
  return n * share * (1 - share) * (1 - correlation)
}

/** Outcomes that are well with one of two probabilities; which of them changes seldom: bursts with successes in them. */
export function hiddenBursts(
  random: () => number,
  n: number,
  {
    good,
    bad,
    shareGood,
    correlation,
  }: { good: number; bad: number; shareGood: number; correlation: number },
): Uint8Array {
  return burstyOutcomes(random, n, shareGood, correlation).map((state) =>
    random() < (state === 1 ? good : bad) ? 1 : 0,
  )
}

/** How often, of {@link replications}, an interval contained the truth. */
export function coverage(interval: () => readonly [number, number], truth: number): number {
  let within = 0
  for (let i = 0; i < replications; i++) {
    const [low, high] = interval()
    if (low <= truth && truth <= high) within++
  }
  return within / replications
}
