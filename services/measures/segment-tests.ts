import { z } from 'zod'
import type { Measure } from './measure.ts'

const parameters = z.strictObject({
  /**
   * Full-size requests that must pass on each way, one after the other. † ours: of one that has six full-size packets, one
   * in two thousand gets through a port that loses nine in ten.
   */
  rounds: z.number().int().min(1).max(100).default(3),
})

export type SegmentTestsParameters = z.output<typeof parameters>

/**
 * Segment tests (구간별 정밀 테스트, S4) before anything is declared normal: full-size requests over each way to GPKI. On 18
 * November the L4 switch was replaced, short pings passed, and the broken port was still there (T5, T13, F3).
 */
export const segmentTests: Measure<typeof parameters> = {
  name: 'segment-tests',
  title: 'nothing is declared normal before each way to GPKI has passed full-size requests',
  parameters,
}
