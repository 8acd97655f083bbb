import {
  action,
  arrivals,
  defineScenario,
  measure,
  packetLoss,
  successRate,
  timeTo,
} from '../harness/index.ts'
import { citizenGuards, citizens } from './citizens.ts'
import { officialIssuesCertificate } from './journeys/index.ts'
import { administrativeNetwork } from './system.ts'

/** How long the officials who find the trouble in the morning take to call, and the day shift to sit down. */
const comesIn = '1500ms'

/**
 * The night of 16 November 2023: the router port in front of GPKI breaks after the update (T1, T13), and nobody notices.
 * It is found at 08:40, by everybody who cannot log in (T2, F12). Here the bell of the first desk has been muted, and the
 * day shift goes home; a room that is manned at night rings on to the next desk, and has the password login open before
 * the morning. Without it the first to look are those who are called in at twenty to nine. Time is scaled: the night is
 * seven seconds, a minute of the morning one.
 */
export const missedAlarm = defineScenario({
  name: '16-nov-missed-alarm',
  title: '16 Nov, night — the port breaks, the bell is muted, nobody looks until morning',
  facts: ['T1', 'T2', 'T13', 'F1', 'F12', 'S0'],
  system: administrativeNetwork,
  knobs: {
    officials: { type: 'rate', default: '5/s', describe: 'officials at work in the evening and at night' },
    morning: { type: 'rate', default: '16/s', describe: 'how many more come in the morning' },
    reaction: { type: 'duration', default: '500ms', describe: 'how long each duty officer takes' },
  },
  build: ({ officials, morning, reaction }) => ({
    load: [arrivals(officialIssuesCertificate, officials), citizens],
    acts: [
      { name: 'evening', lasts: '3s' },
      {
        name: 'night',
        lasts: '7s',
        actions: [action('mute-desk', { desk: 1 }), action('day-shift-leaves', {}, { at: '200ms' })],
        faults: [
          packetLoss('saeol→l4', {
            from: '800ms',
            to: { act: 'morning', after: '7500ms' },
            minBytes: 1500,
            probability: 0.9,
          }),
        ],
      },
      {
        name: 'morning',
        lasts: '8s',
        load: [arrivals(officialIssuesCertificate, morning)],
        actions: [action('day-shift-comes', {}, { at: comesIn })],
        hypothesis: [
          successRate(officialIssuesCertificate, {
            atLeast: 0.95,
            during: 'morning',
            title: 'officials who come in the morning are served: success ≥ 95 %',
            source: 'F12: no longer found by the surge of 08:40; the share † ours',
          }),
        ],
      },
      { name: 'mended', lasts: '4s' },
    ],
    measures: [measure('situation-room'), measure('password-fallback', { reactionMs: reaction })],
    hypothesis: [
      timeTo('alarm.escalated', {
        of: 'injected',
        within: '4s',
        measure: 'situation-room',
        title: 'an alarm that nobody acknowledges goes on to the next desk ≤ 4 s after the port breaks',
        source: 'F12: unacknowledged for 60 s †, here one second, and what it takes to raise it',
        sabotages: ['rings-once'],
      }),
      timeTo('fallback.opened', {
        of: 'injected',
        within: '6s',
        measure: 'situation-room',
        title: 'the password login is open ≤ 6 s after the port breaks, before the morning',
        source: 'F12: time to the fallback, the clock from the injection; the bound † ours',
      }),
      ...citizenGuards,
    ],
  }),
})
