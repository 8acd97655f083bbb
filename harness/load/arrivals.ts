import type { ArrivalStream } from '../model/arrivals.ts'
import { seeded } from './random.ts'

/**
 * The schedule of one stream: intended starts in ms from the stream's own start, ascending. The same seed and stream
 * give the same schedule in every arm, under every driver.
 *
 * A unit-rate process (exponential gaps for `poisson`, gaps of 1 for `regular`) is carried over to the wanted rate by
 * inverting the cumulative rate R(t) = r₀t + (r₁ − r₀)t²/2D, which is exact for a ramp too (Cinlar 1975, time change).
 */
export function* schedule(stream: ArrivalStream, seed: string): Generator<number, void, void> {
  const random = seeded(`${seed}/${stream.id}`)
  const seconds = stream.durationMs / 1000
  const [from, to] = stream.perSecond
  const slope = seconds > 0 ? (to - from) / seconds : 0
  const expected = ((from + to) / 2) * seconds
  let unit = stream.process === 'regular' ? -0.5 : 0
  for (;;) {
    unit += stream.process === 'regular' ? 1 : -Math.log(1 - random())
    if (unit >= expected) return
    const t =
      Math.abs(slope) < 1e-9
        ? unit / from
        : (-from + Math.sqrt(Math.max(0, from * from + 2 * slope * unit))) / slope
    yield t * 1000
  }
}
