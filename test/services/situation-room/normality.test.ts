import { expect, it } from 'vitest'
import { createLog } from '../../../services/common/log.ts'
import { segmentTests } from '../../../services/measures/segment-tests.ts'
import { createNormality } from '../../../services/situation-room/normality.ts'
import type { Reading } from '../../../services/situation-room/probes/reading.ts'

const reading = (colour: Reading['colour'], error = ''): Reading => ({ colour, at: 0, tookMs: 1, error })

/** A room whose full-size requests are lost on one of two ways, and whose short ones pass. */
function room(options: { measure?: object; sabotages?: readonly string[]; mended?: boolean } = {}) {
  const { measure, sabotages = [], mended = false } = options
  const events: Record<string, unknown>[] = []
  let fullSize = 0
  let ended = 0
  const normality = createNormality({
    segments: [
      {
        name: 'broken',
        short: async () => reading('green'),
        fullSize: async () => {
          fullSize++
          // It gets through by luck, once.
          return mended || fullSize === 1 ? reading('green') : reading('red', 'no answer')
        },
      },
      { name: 'sound', short: async () => reading('green'), fullSize: async () => reading('green') },
    ],
    measure: measure === undefined ? undefined : segmentTests.parameters.parse(measure),
    sabotaged: (name) => sabotages.includes(name),
    log: createLog(
      { SERVICE_NAME: 'room', LOG_LEVEL: 'info' },
      { write: (line) => events.push(JSON.parse(line) as Record<string, unknown>) },
    ),
    onDeclared: () => ended++,
  })
  return { normality, told: () => events.map(({ event }) => event), events, ended: () => ended }
}

it('without segment tests short requests are enough, as on 18 November', async () => {
  const { normality, told, ended } = room()
  expect(await normality.declare()).toMatchObject([
    { passed: true, said: 'short requests pass' },
    { passed: true },
  ])
  expect(normality.declared).toBe(true)
  expect(told()).toEqual(['normal.declared'])
  expect(ended()).toBe(1)
})

it('with them nothing is declared while a way loses full-size requests, and it is named', async () => {
  const { normality, told, events, ended } = room({ measure: {} })
  await normality.declare()
  expect(normality).toMatchObject({
    declared: false,
    refused: 'broken: full-size requests: no answer',
  })
  expect(told()).toEqual(['segment.failed'])
  expect(events[0]).toMatchObject({ segment: 'broken' })
  expect(ended()).toBe(0)
})

it('one round shows little: of a grey failure some get through', async () => {
  expect((await room({ measure: { rounds: 1 } }).normality.declare()).every(({ passed }) => passed)).toBe(
    true,
  )
})

it('with them it is declared once each way passes', async () => {
  const { normality, told, ended } = room({ measure: {}, mended: true })
  await normality.declare()
  expect(normality.declared).toBe(true)
  expect(told()).toEqual(['segments.passed', 'normal.declared'])
  expect(ended()).toBe(1)
})

it('each sabotage takes away what it says', async () => {
  const short = room({ measure: {}, sabotages: ['tests-with-short-requests'] })
  await short.normality.declare()
  expect(short.told()).toEqual(['segments.passed', 'normal.declared'])
  const untested = room({ measure: {}, sabotages: ['declares-untested'] })
  await untested.normality.declare()
  expect(untested.told()).toEqual(['segment.failed', 'normal.declared'])
})
