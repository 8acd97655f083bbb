import { describe, expect, it } from 'vitest'
import { durationMs, formatMs, ratePerSecond } from '../../harness/model/units.ts'

describe('durations and rates', () => {
  it.each([
    ['250ms', 250],
    ['8s', 8000],
    ['1.5s', 1500],
    ['20m', 1_200_000],
    [40, 40],
    ['0s', 0],
  ] as const)('reads the duration %s', (written, ms) => expect(durationMs(written)).toBe(ms))

  it.each(['8', 's', '8 sec', '-1s', '', '1h', Number.NaN, -1, Number.POSITIVE_INFINITY])(
    'refuses the duration %s and says what one looks like',
    (written) => expect(() => durationMs(written as string)).toThrow(/write 250ms, 8s or 2m/),
  )

  it.each([
    ['40/s', 40],
    ['600/m', 10],
    [2.5, 2.5],
  ] as const)('reads the rate %s', (written, rate) => expect(ratePerSecond(written)).toBe(rate))

  it.each(['40', '/s', '-1/s', '40/h', ''])('refuses the rate %s and says what one looks like', (written) =>
    expect(() => ratePerSecond(written)).toThrow(/write 40\/s or 600\/m/),
  )

  it.each([
    [12.4, '12 ms'],
    [1500, '1.5 s'],
    [Number.POSITIVE_INFINITY, 'never'],
  ])('writes %s ms for people', (ms, words) => expect(formatMs(ms)).toBe(words))
})
