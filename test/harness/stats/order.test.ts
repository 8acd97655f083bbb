import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { placesInOrder } from '../../../harness/stats/order.ts'

describe('places in order', () => {
  it('puts keys in ascending order, equal ones as they came', () => {
    const keys = fc.array(fc.integer({ min: -1000, max: 1000 }), { maxLength: 300 })
    fc.assert(
      fc.property(keys, (values) => {
        const expected = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]! || a - b)
        expect([...placesInOrder(values)]).toEqual(expected)
      }),
    )
  })

  it('tells a millisecond apart in an hour', () => {
    const keys = Float64Array.from({ length: 3_600_000 }, (_, i) => (i % 2 === 0 ? i + 1 : i - 1))
    const places = placesInOrder(keys)
    expect(places.every((place, i) => keys[place] === i)).toBe(true)
  })
})
