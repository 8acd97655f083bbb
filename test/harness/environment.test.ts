import { expect, it } from 'vitest'
import { environmentOf } from '../../harness/experiment/environment.ts'
import { tinySystem } from './fixtures/tiny-system.ts'

const system = {
  ...tinySystem,
  measures: { fallback: { summary: '', environment: () => ({ front: { FALLBACK: 'on', STORE: '1' } }) } },
  sabotages: { names: ['any'], environment: () => ({ back: { SABOTAGE: 'any' } }) },
}
const own = { front: { STORE: '9', SLOW: 'no' } }
const fallback = { name: 'fallback', params: {} }

it('what a scenario sets is there in every arm, with what switches on measures and sabotages', () => {
  const untreated = environmentOf(system, { own, measures: [], sabotages: [] })
  expect(untreated).toEqual(own)
  const sabotaged = environmentOf(system, { own, measures: [], sabotages: ['any'] })
  expect(sabotaged).toEqual({ ...own, back: { SABOTAGE: 'any' } })
})

it('a measure has the last word on a variable of its own', () => {
  const treated = environmentOf(system, { own, measures: [fallback], sabotages: [] })
  expect(treated).toEqual({ front: { STORE: '1', SLOW: 'no', FALLBACK: 'on' } })
})
