import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBackends } from '../../../services/l4/backends.ts'

const none = new Set<never>()
const two = { a: 'http://127.0.0.1:1', b: 'http://127.0.0.1:2' }

describe('createBackends', () => {
  it('shares connections by weight, over every round', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 6 }), (weights) => {
        const urls = Object.fromEntries(
          weights.map((_, index) => [`b${index}`, `http://127.0.0.1:${index + 1}`]),
        )
        const backends = createBackends(urls)
        for (const [index, backend] of backends.all.entries()) backend.weight = weights[index]!
        const total = weights.reduce((sum, weight) => sum + weight, 0)
        const taken = new Map<string, number>()
        for (let connection = 0; connection < 3 * total; connection++) {
          const { name } = backends.next(none)!
          taken.set(name, (taken.get(name) ?? 0) + 1)
        }
        for (const [index, weight] of weights.entries()) expect(taken.get(`b${index}`) ?? 0).toBe(3 * weight)
        if (total === 0) expect(backends.next(none)).toBeUndefined()
      }),
    )
  })

  it('interleaves them', () => {
    const backends = createBackends(two)
    backends.all[0]!.weight = 2
    const order = Array.from({ length: 6 }, () => backends.next(none)?.name)
    expect(order).toEqual(['a', 'b', 'a', 'a', 'b', 'a'])
  })

  it.each(['draining', 'down'] as const)('gives nothing to a backend that is %s', (state) => {
    const backends = createBackends(two)
    backends.all[0]!.state = state
    expect(Array.from({ length: 3 }, () => backends.next(none)?.name)).toEqual(['b', 'b', 'b'])
  })

  it('gives nothing to one that does not accept, nor to one that was tried', () => {
    const backends = createBackends(two)
    backends.all[1]!.accepts = false
    expect(backends.next(none)?.name).toBe('a')
    expect(backends.next(new Set([backends.all[0]!]))).toBeUndefined()
  })
})
