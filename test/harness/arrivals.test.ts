import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { schedule } from '../../harness/load/arrivals.ts'
import type { ArrivalStream } from '../../harness/model/arrivals.ts'

const streams = fc.record({
  id: fc.string({ minLength: 1, maxLength: 20 }),
  journey: fc.constant('any'),
  durationMs: fc.integer({ min: 100, max: 20_000 }),
  perSecond: fc.tuple(
    fc.double({ min: 1, max: 400, noNaN: true }),
    fc.double({ min: 1, max: 400, noNaN: true }),
  ),
  process: fc.constantFrom('poisson' as const, 'regular' as const),
  begins: fc.constant('with-the-arm' as const),
})

describe('the schedule of a stream', () => {
  it('is the same for the same seed, and another for another seed or stream', () => {
    fc.assert(
      fc.property(streams, fc.string(), (stream, seed) => {
        const once = [...schedule(stream, seed)]
        expect([...schedule(stream, seed)]).toEqual(once)
        if (stream.process === 'poisson' && once.length > 3) {
          expect([...schedule(stream, `${seed}!`)]).not.toEqual(once)
          expect([...schedule({ ...stream, id: `${stream.id}!` }, seed)]).not.toEqual(once)
        }
      }),
    )
  })

  it('ascends and stays within its duration', () => {
    fc.assert(
      fc.property(streams, (stream) => {
        const times = [...schedule(stream, 'seed')]
        expect(times.every((at, i) => at >= (times[i - 1] ?? 0) && at < stream.durationMs + 1e-6)).toBe(true)
      }),
    )
  })

  it('has as many arrivals as its rate says: exactly when regular, within six deviations when Poisson', () => {
    fc.assert(
      fc.property(streams, (stream) => {
        const count = [...schedule(stream, 'seed')].length
        const expected = (((stream.perSecond[0] + stream.perSecond[1]) / 2) * stream.durationMs) / 1000
        const room = stream.process === 'regular' ? 1 : 6 * Math.sqrt(expected) + 3
        expect(Math.abs(count - expected)).toBeLessThanOrEqual(room)
      }),
    )
  })

  it('puts most of a ramp where its rate is high', () => {
    const ramp: ArrivalStream = {
      id: 'ramp',
      journey: 'any',
      durationMs: 10_000,
      perSecond: [0, 100],
      process: 'poisson',
      begins: 'with-the-arm',
    }
    const late = [...schedule(ramp, 'seed')].filter((at) => at > 5000).length
    const early = [...schedule(ramp, 'seed')].filter((at) => at <= 5000).length
    // A ramp from nothing has three quarters of its arrivals in its second half.
    expect(late / (late + early)).toBeGreaterThan(0.65)
    expect(late / (late + early)).toBeLessThan(0.85)
  })
})
