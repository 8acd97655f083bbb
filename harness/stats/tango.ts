import { type Interval, z95 } from './confidence.ts'

/**
 * Tango's score interval for the difference of two paired proportions, `(gained − lost) / n`: honest for few pairs that
 * differ and for none. Counts need not be whole. `tangoInterval(9, 1, 40)` is about [0.06, 0.36]. No pairs: `[-1, 1]`.
 *
 * Source: T. Tango, "Equivalence test and confidence interval for the difference in proportions for the paired-sample
 * design", Statistics in Medicine 17 (1998) 891–908.
 *
 * @param z how many standard errors either end is away; 95 % by default
 * @throws RangeError unless gained and lost are counts that fit into n
 */
export function tangoInterval(gained: number, lost: number, n: number, z = z95): Interval {
  if (!(gained >= 0 && lost >= 0 && gained + lost <= n * (1 + 1e-12)))
    throw new RangeError(`${gained} gained and ${lost} lost of ${n}`)
  if (n === 0) return [-1, 1]
  const high = farthest(gained, lost, n, z)
  return [-farthest(lost, gained, n, z), high]
}

/** The largest difference that is no more than z standard errors above the one observed. */
function farthest(gained: number, lost: number, n: number, z: number): number {
  let within = (gained - lost) / n
  let beyond = 1
  while (beyond - within > 1e-10) {
    const middle = (within + beyond) / 2
    if (standardErrors(gained, lost, n, middle) < -z) beyond = middle
    else within = middle
  }
  return (within + beyond) / 2
}

/** How many standard errors the observed difference is above `difference`, were that the true one. */
function standardErrors(gained: number, lost: number, n: number, difference: number): number {
  // The likeliest share of lost pairs under that difference solves a x² + b x + c = 0.
  const a = 2 * n
  const b = -gained - lost + (2 * n - gained + lost) * difference
  const c = -lost * difference * (1 - difference)
  const share = (Math.sqrt(Math.max(0, b * b - 4 * a * c)) - b) / (2 * a)
  const variance = n * (2 * share + difference * (1 - difference))
  const off = gained - lost - n * difference
  return variance <= 0
    ? off === 0
      ? 0
      : Math.sign(off) * Number.POSITIVE_INFINITY
    : off / Math.sqrt(variance)
}
