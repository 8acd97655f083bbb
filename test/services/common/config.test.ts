import { describe, expect, test } from 'vitest'
import { ConfigurationError, integer, linkUrl, readConfig } from '../../../services/common/config.ts'
import { deadlines } from '../../../services/measures/deadlines.ts'

const shape = { SAEOL_URL: linkUrl, WORKERS: integer(1, 10).default(2) }

function read(env: Record<string, string>) {
  return readConfig('counter', env, shape, { deadlines })
}

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    read(env)
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems
    throw error
  }
  return []
}

describe('readConfig', () => {
  test('fills in what is not said', () => {
    const config = read({ PORT: '0', SAEOL_URL: 'http://127.0.0.1:1234/' })
    expect(config).toMatchObject({
      SERVICE_NAME: 'counter',
      HOST: '127.0.0.1',
      PORT: 0,
      SAEOL_URL: 'http://127.0.0.1:1234',
      WORKERS: 2,
      CLIENT_TIMEOUT_MS: 30_000,
      SABOTAGE: [],
    })
    expect(config.measures.deadlines).toBeUndefined()
  })

  test('tells every problem at once, each with its variable', () => {
    const problems = problemsOf({
      SAEOL_URL: 'ftp://somewhere',
      WORKERS: '11',
      SABOTAGE: 'loses-receipts,loses-everything',
      MEASURE_DEADLINES: '{"hopMs":"soon"}',
      MEASURE_LUCK: '{}',
    })
    const about = (variable: string) => problems.find((problem) => problem.startsWith(variable))
    expect(about('PORT')).toMatch(/is required/)
    expect(about('SAEOL_URL')).toMatch(/must be the URL.*'ftp:\/\/somewhere'/)
    expect(about('WORKERS')).toMatch(/from 1 to 10, but it is '11'/)
    expect(about('SABOTAGE')).toMatch(/'loses-everything'.*known are accepts-any-password/)
    expect(about('MEASURE_DEADLINES.hopMs')).toMatch(/number/)
    expect(about('MEASURE_LUCK')).toMatch(/no such measure/)
    expect(problems).toHaveLength(6)
  })

  test('reads no number out of an empty text', () => {
    expect(problemsOf({ PORT: '', SAEOL_URL: 'http://127.0.0.1:1' })).toEqual([
      expect.stringMatching(/^PORT: must be a whole number/),
    ])
  })

  test('switches a measure on with its defaults, and refuses what is not JSON', () => {
    const base = { PORT: '1', SAEOL_URL: 'http://127.0.0.1:1' }
    expect(read({ ...base, MEASURE_DEADLINES: '{}' }).measures.deadlines).toEqual({
      hopMs: 800,
      budgetMs: 2500,
    })
    expect(problemsOf({ ...base, MEASURE_DEADLINES: 'on' })).toEqual([
      expect.stringMatching(/^MEASURE_DEADLINES: not JSON .* write \{\}/),
    ])
  })

  test("leaves other services' measures alone", () => {
    const base = { PORT: '1', SAEOL_URL: 'http://127.0.0.1:1' }
    expect(problemsOf({ ...base, MEASURE_PASSWORD_FALLBACK: '{}' })).toEqual([])
  })

  test('knows no unknown parameter of a measure', () => {
    const base = { PORT: '1', SAEOL_URL: 'http://127.0.0.1:1' }
    expect(problemsOf({ ...base, MEASURE_DEADLINES: '{"hop":1}' })).toEqual([
      expect.stringMatching(/MEASURE_DEADLINES.*hop/),
    ])
  })
})
