import { z } from 'zod'
import type { Measure } from './measure.ts'

const parameters = z.strictObject({
  /** How long nobody looks while the day shift hands over, in ms. † ours: half a minute, scaled. */
  handoverMs: z.number().int().min(0).max(600_000).default(500),
})

export type SituationRoomParameters = z.output<typeof parameters>

/**
 * The situation room (장애 대응 상황실, S0) is manned round the clock: when the day shift goes home, a night shift looks on.
 * Without it nobody looks from evening to morning, and what breaks at night is found by those who come to work (F12).
 */
export const situationRoom: Measure<typeof parameters> = {
  name: 'situation-room',
  title: 'the situation room is manned at night too',
  parameters,
}
