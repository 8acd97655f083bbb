import { readdir } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import {
  type Measure,
  measureNames,
  measureVariable,
  readMeasures,
} from '../../../services/measures/measure.ts'

const folder = new URL('../../../services/measures/', import.meta.url)

async function measureIn(file: string): Promise<Measure> {
  const module: Record<string, unknown> = await import(new URL(file, folder).href)
  const property = file
    .replace('.ts', '')
    .replaceAll(/-(\w)/g, (_dash, letter: string) => letter.toUpperCase())
  return module[property] as Measure
}

test('every known measure is a file of its name, and every file is a known measure', async () => {
  const files = (await readdir(folder)).filter((file) => file !== 'measure.ts')
  expect(files.sort()).toEqual(measureNames.map((name) => `${name}.ts`).sort())
})

describe.each(measureNames)('%s', (name) => {
  test('is exported under its name, with a title', async () => {
    const measure = await measureIn(`${name}.ts`)
    expect(measure.name).toBe(name)
    expect(measure.title.length).toBeGreaterThan(20)
  })

  test('is off by default, and {} switches it on with sound defaults', async () => {
    const measure = await measureIn(`${name}.ts`)
    expect(readMeasures({}, { measure })).toEqual({ active: {}, problems: [] })
    const { active, problems } = readMeasures({ [measureVariable(name)]: '{}' }, { measure })
    expect(problems).toEqual([])
    expect(active.measure).toEqual(measure.parameters.parse({}))
    expect(Object.keys(active.measure as object).length).toBeGreaterThan(0)
  })

  test('refuses a parameter it does not know, and one of the wrong type', async () => {
    const measure = await measureIn(`${name}.ts`)
    const [parameter] = Object.keys(measure.parameters.parse({}) as object)
    for (const wrong of [{ luck: 1 }, { [parameter!]: 'much' }]) {
      const variable = measureVariable(name)
      const { problems } = readMeasures({ [variable]: JSON.stringify(wrong) }, { measure })
      expect(problems).toHaveLength(1)
      expect(problems[0]).toContain(variable)
    }
  })
})
