/** The way to GPKI in November 2023: what was broken on it, and what operators did about it, wherever the story tells of it. */
import { action, cut, replace, restartInTurn } from '../harness/index.ts'

/** The router port in front of the L4 switch, by the fault that it is (T13, F1). */
export const brokenPort = 'packet-loss saeol→l4'

/** The switch is gone for a moment, again and again, for all who come by it (T3, F2). */
export const flaps = ['saeol→l4', 'situation-room→l4'].map((link) =>
  cut(link, {
    id: `${link} flaps`,
    from: '1s',
    to: '1800ms',
    repeat: { every: '1600ms', times: 3 },
  }),
)

/** The switch is replaced, and all would be declared normal (T5, F3). Only whoever tests each way finds the port. */
export const repairs = [
  restartInTurn(['l4'], { id: 'replace the L4 switch' }),
  action('declare-normal', {}, { at: '1500ms' }),
  replace('router', {
    ends: [brokenPort],
    at: { event: 'segment.failed', after: '500ms' },
    measure: 'segment-tests',
  }),
  action(
    'declare-normal',
    {},
    {
      id: 'declare-normal again',
      at: { action: 'replace router', after: '500ms' },
      measure: 'segment-tests',
    },
  ),
]
