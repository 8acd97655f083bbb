import { expect, it } from 'vitest'
import { unknown } from '../../harness/near-miss.ts'

it('names the near miss, or else what there is', () => {
  expect(unknown('scenario', '17-nov-gpki-stal', ['17-nov-gpki-stall', '22-nov-overload'])).toBe(
    "unknown scenario '17-nov-gpki-stal': did you mean '17-nov-gpki-stall'?",
  )
  expect(unknown('reporter', 'carrier-pigeon', ['console', 'json'])).toBe(
    "unknown reporter 'carrier-pigeon'; there is console, json",
  )
  expect(unknown('knob', 'x', [])).toBe("unknown knob 'x'; there are none")
})
