import { describe, expect, it } from 'vitest'
import { armsOf } from '../../harness/commands/arms.ts'
import { armWith, bareArm, setupOf } from '../../harness/model/arms.ts'

const measures = ['one', 'two', 'three'].map((name) => ({ name, params: {} }))
const three = ['control', 'untreated', 'treated']
const without = measures.map(({ name }) => `without-${name}`)
const asked = { ablate: false, fast: false }

describe('the arms of a run', () => {
  it('are three', () => expect(armsOf({ measures }, asked)).toEqual(three))

  it('are one more without each measure, in a story that asks for them', () => {
    expect(armsOf({ measures, counterfactual: true }, asked)).toEqual([...three, ...without])
  })

  it('are three again with --fast, and those that --arm names', () => {
    expect(armsOf({ measures, counterfactual: true }, { ...asked, fast: true })).toEqual(three)
    expect(armsOf({ measures, counterfactual: true }, { ...asked, arm: ['treated'] })).toEqual(['treated'])
  })

  it('are two more for each measure with --ablate, whatever the story asks for', () => {
    const only = measures.map(({ name }) => `only-${name}`)
    expect(armsOf({ measures, counterfactual: true }, { ablate: true, fast: true })).toEqual([
      ...three,
      ...without,
      ...only,
    ])
  })

  it('do not leave out a measure that the story has not', () => {
    expect(() => armsOf({ measures }, { ...asked, arm: ['without-four'] })).toThrow(/unknown arm/)
  })

  it('of one measure are three: untreated is without it', () => {
    expect(armsOf({ measures: measures.slice(0, 1), counterfactual: true }, asked)).toEqual(three)
  })
})

describe('an arm with a set of measures', () => {
  const four = ['a', 'b', 'c', 'd'].map((name) => ({ name, params: {} }))
  const plan = { faults: [{ id: 'stall', kind: 'stall' }], measures: four, actions: [] } as never

  it.each([
    [['a', 'b', 'c', 'd'], 'treated'],
    [['a', 'b', 'd'], 'without-c'],
    [['b', 'd'], 'with-b+d'],
    [['c'], 'only-c'],
    [[], 'with-none'],
  ] as const)('%j is named and has them on, and the fault: %s', (on, arm) => {
    expect(armWith(['a', 'b', 'c', 'd'], on)).toBe(arm)
    const setup = setupOf(plan, arm)
    expect(setup.measures.map(({ name }) => name)).toEqual(on)
    expect(setup.faults).toHaveLength(1)
  })

  it('with none has none, whatever the measures are called', () => {
    const measures = [{ name: 'none', params: {} }]
    expect(setupOf({ ...(plan as object), measures } as never, bareArm).measures).toEqual([])
  })
})
