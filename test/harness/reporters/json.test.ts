import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RunResult } from '../../../harness/model/result.ts'
import { jsonReporter } from '../../../harness/reporters/json.ts'
import { runResult, scenarioResult } from './a-run.ts'
import { gpkiStall } from './plans.ts'
import { runVariants } from './run-variants.ts'

const schema = JSON.parse(
  readFileSync(new URL('../../../harness/reporters/result.schema.json', import.meta.url), 'utf8'),
) as object
const validate = new Ajv2020({ strict: true, strictTypes: false, allErrors: true }).compile(schema)

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'json-reporter-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

async function written(result: RunResult): Promise<unknown> {
  await jsonReporter().runEnded?.(result, dir)
  return JSON.parse(readFileSync(join(dir, 'result.json'), 'utf8'))
}

test.each(Object.keys(runVariants('')))(
  'what is written is what was told, and valid: %s',
  async (variant) => {
    const { result } = runVariants(dir)[variant]!
    const read = await written(result)
    validate(read)
    expect(validate.errors ?? []).toEqual([])
    expect(read).toEqual(result)
  },
)

describe('the schema', () => {
  const valid = (): RunResult => structuredClone(runResult([scenarioResult(gpkiStall)]))

  /** Every object in the result, with its path. */
  function* objects(value: unknown, path = ''): Generator<[string, Record<string, unknown>]> {
    if (typeof value !== 'object' || value === null) return
    if (!Array.isArray(value)) yield [path, value as Record<string, unknown>]
    for (const [key, child] of Object.entries(value)) yield* objects(child, `${path}/${key}`)
  }

  test('asks for every property', () => {
    for (const [path] of objects(valid())) {
      if (/\/(journeys|outcomes|failures)$/.test(path)) continue
      const names = Object.keys([...objects(valid())].find(([p]) => p === path)![1])
      for (const name of names) {
        const result = valid()
        delete [...objects(result)].find(([p]) => p === path)![1][name]
        expect(validate(result), `without ${path}/${name}`).toBe(false)
      }
    }
  })

  test('takes an effective sample size where there is one', () => {
    for (const [effective, fits] of [
      [61.4, true],
      [-1, false],
    ] as const) {
      const result = valid()
      Object.assign([...objects(result)].find(([p]) => p.endsWith('/evidence'))![1], { effective })
      expect(validate(result)).toBe(fits)
    }
  })

  test('knows every property', () => {
    const paths = [...objects(valid())].map(([path]) => path)
    expect(paths.length).toBeGreaterThan(50)
    for (const path of paths) {
      const result = valid()
      Object.assign([...objects(result)].find(([p]) => p === path)![1], { unheardOf: 'x' })
      expect(validate(result), `with ${path}/unheardOf`).toBe(false)
    }
  })

  test.each([
    ['another version', { version: 3 }],
    ['a verdict there is none of', { verdict: 'passed' }],
    ['an exit code there is none of', { exitCode: 7 }],
    ['a time that is none', { startedAt: 'yesterday' }],
    ['an ending there is none of', { ending: 'crashed' }],
    ['a negative duration', { tookMs: -1 }],
  ])('refuses %s', (_, wrong) => {
    expect(validate({ ...valid(), ...wrong })).toBe(false)
  })
})

test('an earlier result is replaced as a whole, and nothing else is left', async () => {
  writeFileSync(join(dir, 'result.json'), 'x'.repeat(1_000_000))
  const result = runResult([])
  expect(await written(result)).toEqual(result)
  expect(readdirSync(dir)).toEqual(['result.json'])
})

test('what cannot be written is named, and half of it is not left', async () => {
  mkdirSync(join(dir, 'result.json'))
  await expect(jsonReporter().runEnded?.(runResult([]), dir)).rejects.toThrow(
    `cannot write ${join(dir, 'result.json')}: `,
  )
  expect(readdirSync(dir)).toEqual(['result.json'])
})
