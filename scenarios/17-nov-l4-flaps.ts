import {
  arrivals,
  cut,
  type Duration,
  defineScenario,
  invariant,
  measure,
  successRate,
} from '../harness/index.ts'
import { citizenGuards, citizens } from './citizens.ts'
import { officialIssuesCertificate } from './journeys/index.ts'
import { administrativeNetwork } from './system.ts'

/** How long a switch is gone each time: a minute and a quarter, scaled. */
const gone = '1200ms'

/** Everybody who comes by a switch loses it at once. */
const flaps = (how: string, names: readonly string[], repeat: { every: Duration; times: number }) =>
  names
    .flatMap((name) => [`saeol→${name}`, `situation-room→${name}`])
    .map((link) => cut(link, { id: `${link} ${how}`, to: gone, repeat }))

/**
 * 17 November 2023, about noon: officials can log in again, and again they cannot (T3). The L4 switch in front of GPKI
 * comes and goes (F2); it was replaced the next morning (S4, T5). First one switch flaps, which a standby mends; then
 * both do, as both sides had got the update of the night before at once (T1), and what is left is the password login. It
 * must open once and stay: a door that follows the switch sends everybody from one way in to the other. † ours: that
 * there was a standby, and that it flapped. Time is scaled: a minute is a second here.
 */
export const l4Flaps = defineScenario({
  name: '17-nov-l4-flaps',
  title: '17 Nov noon — the L4 switch comes and goes, then both do',
  facts: ['T1', 'T3', 'F2', 'S0', 'S4'],
  system: administrativeNetwork,
  knobs: {
    officials: { type: 'rate', default: '24/s', describe: 'officials who log in and issue a certificate' },
    reaction: { type: 'duration', default: '1s', describe: 'how long each of two officers takes to open' },
  },
  build: ({ officials, reaction }) => ({
    services: ['l4-standby'],
    load: [arrivals(officialIssuesCertificate, officials), citizens],
    acts: [
      { name: 'steady', lasts: '3s' },
      {
        name: 'one flaps',
        lasts: '5s',
        faults: flaps('flaps', ['l4'], { every: '1600ms', times: 3 }),
        hypothesis: [
          successRate(officialIssuesCertificate, {
            atLeast: 0.95,
            during: 'one flaps',
            // Whoever comes later is still there when both flap.
            untilEnd: '600ms',
            title: 'officials are served while one switch flaps: success ≥ 95 %',
            id: 'success-rate:one-flaps',
            source: '† ours: nineteen in twenty officials serve their visitor, from the first moment',
          }),
        ],
      },
      {
        name: 'both flap',
        lasts: '10s',
        // Back for long enough to be taken for well by whoever looks once.
        faults: flaps('flaps with the other', ['l4', 'l4-standby'], { every: '2s', times: 5 }),
        hypothesis: [
          successRate(officialIssuesCertificate, {
            atLeast: 0.95,
            during: 'both flap',
            after: '3500ms',
            title: 'officials are served while both flap, once two officers had their time: success ≥ 95 %',
            id: 'success-rate:both-flap',
            source: '† ours: as in 17-nov-gpki-stall; the officers take twice as long here',
          }),
        ],
      },
      { name: 'clean', lasts: '4s' },
    ],
    measures: [measure('standby-l4'), measure('password-fallback', { reactionMs: reaction })],
    hypothesis: [
      invariant('one outage of GPKI raises one alarm', {
        minimumWhere: { fault: true },
        atLeast: 1,
        source: 'fallback invariant 7: flapping does not oscillate it',
        sabotages: ['clears-at-once'],
      }),
      ...citizenGuards,
    ],
  }),
})
