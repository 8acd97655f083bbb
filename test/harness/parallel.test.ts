import { availableParallelism } from 'node:os'
import { expect, it } from 'vitest'
import { parallelOf } from '../../harness/experiment/parallel.ts'

it('takes as many arms as were asked for', () => {
  expect(parallelOf(7, 'containers')).toBe(7)
})

it('by itself takes as many as the CPUs have room for: half as many in containers, and at least one', () => {
  const cpus = availableParallelism()
  expect(parallelOf('auto', 'processes')).toBe(cpus)
  expect(parallelOf('auto', 'containers')).toBe(Math.max(1, Math.floor(cpus / 2)))
  expect(parallelOf('auto', 'of somebody else')).toBe(parallelOf('auto', 'containers'))
})
