import { describe, expect, it } from 'vitest'
import { createOwnLook } from '../../../services/saeol/fallback/own-look.ts'

const settings = { consecutiveRed: 2, consecutiveGreen: 4, evidenceMaxAgeMs: 30_000 }

/** A look at readings a second apart: `r` failed, `g` passed. @param laterMs how long after the last it is asked */
async function sees(readings: string, laterMs = 0): Promise<boolean> {
  let clock = 0
  const look = createOwnLook(() => clock)
  for (const colour of readings) {
    clock += 1_000
    const check = look.noting(async () => {
      if (colour === 'r') throw new Error('no answer')
    })
    await check(AbortSignal.timeout(1_000)).catch(() => {})
  }
  clock += laterMs
  return look.sawFault(settings)
}

describe('what Saeol itself sees of GPKI', () => {
  it.each([
    ['nothing yet', '', false],
    ['all is well', 'gggg', false],
    ['one failure', 'ggrg', false],
    ['failures with a pass between', 'rgrgrg', false],
    ['two in a row', 'ggrr', true],
    ['a grey failure, of which one got through while officers signed', 'ggrrrg', true],
    ['three passes, which is no recovery yet', 'rrggg', true],
    ['a recovery', 'rrgggg', false],
    ['a fault after a recovery', 'rrggggrr', true],
  ])('%s', async (_what, readings, saw) => {
    expect(await sees(readings)).toBe(saw)
  })

  it('forgets what is older than evidence may be', async () => {
    expect(await sees('rr', 28_000)).toBe(true)
    expect(await sees('rr', 30_000)).toBe(false)
  })

  it('hands on what the check said', async () => {
    const look = createOwnLook(Date.now)
    const check = look.noting(() => Promise.reject(new Error('no answer')))
    await expect(check(AbortSignal.timeout(1_000))).rejects.toThrow('no answer')
  })
})
