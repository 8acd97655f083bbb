import {
  type ActSpec,
  action,
  arrivals,
  cut,
  defineScenario,
  everyone,
  measure,
  packetLoss,
  successRate,
  surge,
} from '../harness/index.ts'
import { citizens } from './citizens.ts'
import {
  attackerOnFallback,
  bidderAtDeadline,
  bidderHandsIn,
  floodFromAbroad,
  officialIssuesCertificate,
  officialReadsNotices,
  visitorAtCounter,
} from './journeys/index.ts'
import { account } from './november-account.ts'
import { administrativeNetwork } from './system.ts'
import { brokenPort, flaps, repairs } from './way-to-gpki.ts'

/** T1, T13, F12: the port breaks after the update; the bell of the first desk is muted, and the day shift goes home. */
const thursdayNight: ActSpec = {
  name: 'Thu 16, night',
  lasts: '7s',
  actions: [action('mute-desk', { desk: 1 }), action('day-shift-leaves', {}, { at: '200ms' })],
  faults: [
    packetLoss('saeol→l4', {
      id: brokenPort,
      from: '800ms',
      // Found at last when everybody is back, if nobody has found it before.
      to: { act: 'Mon 20', after: '5500ms' },
      minBytes: 1500,
      probability: 0.9,
    }),
  ],
}

/** T2, T3: nobody can log in; the switch comes and goes; the counters' line to Saeol is dead for an hour. */
const friday = (more: number): ActSpec => ({
  name: 'Fri 17',
  lasts: '9s',
  load: [
    // As regular as a clock: nobody comes twice within the half minute in which a code of the password login is good once.
    arrivals(officialIssuesCertificate, more, { process: 'regular' }),
    arrivals(attackerOnFallback, '3/s', { process: 'regular' }),
  ],
  actions: [action('day-shift-comes', {}, { at: '1500ms' })],
  faults: [...flaps, cut('community-centre→saeol', { from: '4500ms', to: '7500ms' })],
  hypothesis: [
    successRate(officialIssuesCertificate, {
      atLeast: 0.95,
      during: 'Fri 17',
      id: 'success-rate:friday',
      title: 'officials who come on Friday are served: success ≥ 95 %',
      source: 'F12: no longer found by the surge of 08:40; the share † ours',
    }),
  ],
})

/** T5, T7, F3: the switch is replaced, and all would be declared normal. Only whoever tests each way finds the port. */
const saturday: ActSpec = {
  name: 'Sat 18',
  lasts: '6s',
  actions: repairs,
}

/** T9: real load returns. */
const monday = (more: number): ActSpec => ({
  name: 'Mon 20',
  lasts: '6s',
  load: [arrivals(officialIssuesCertificate, more, { process: 'regular' })],
  hypothesis: [
    successRate(officialIssuesCertificate, {
      atLeast: 0.95,
      during: 'Mon 20',
      untilEnd: '500ms',
      id: 'success-rate:monday',
      title: 'officials are served on Monday, after all was declared normal: success ≥ 95 %',
      source: 'F3: logins ≥ 95 % after "normal"; the share † ours',
    }),
  ],
})

/** T10: pop-ups and downloads hold Saeol's workers. */
const wednesday = (more: number, extra: number): ActSpec => ({
  name: 'Wed 22',
  lasts: '7s',
  load: [
    arrivals(officialIssuesCertificate, more, { process: 'regular' }),
    arrivals(officialReadsNotices, '5/s'),
  ],
  faults: [surge(officialReadsNotices, extra, { from: '1s', to: '5s' })],
  hypothesis: [
    successRate(officialIssuesCertificate, {
      atLeast: 0.95,
      during: 'Wed 22',
      after: '1s',
      id: 'success-rate:wednesday',
      title: 'officials are served on the 22nd, while pop-ups surge: success ≥ 95 %',
      source: '† ours: nineteen in twenty officials serve their visitor',
    }),
  ],
})

/** T11: bids are due, and one source floods the site. */
const thursday = (bidders: number, flood: number): readonly ActSpec[] => [
  {
    name: 'Thu 23, bids are due',
    lasts: '3s',
    load: [arrivals(bidderAtDeadline, '12/s')],
    hypothesis: [
      everyone(bidderAtDeadline, {
        during: 'Thu 23, bids are due',
        atLeast: 20,
        title: 'whoever’s tender was due in the flood has handed in',
        source: 'T11: some 1,600 bids were given a new closing time',
      }),
    ],
  },
  {
    name: 'Thu 23, flood',
    lasts: '10s',
    load: [arrivals(bidderHandsIn, bidders, { process: 'regular' })],
    faults: [surge(floodFromAbroad, flood)],
    hypothesis: [
      successRate(bidderHandsIn, {
        atLeast: 0.95,
        during: 'Thu 23, flood',
        after: '4s',
        title: 'other bidders are served in the flood, once it was told from a rush: success ≥ 95 %',
        source: '† ours: nineteen in twenty bidders',
      }),
    ],
  },
]

/**
 * The story as one, 16 to 23 November 2023, and the books closed at its end: the port that breaks at night and is not
 * heard of (F1, F12), the Friday on which nobody can log in (T2), the switch that is replaced (T5) and the port that is
 * found (T7), Monday (T9), the pop-ups of the 22nd (T10) and the flood of the 23rd (T11). History is in which order it
 * came, and what it was; † ours are the measures, of which no source says that any was at work but the last, and the dead
 * line of the counters on Friday. Time is scaled: a day is six to nine seconds, a night seven.
 */
export const november = defineScenario({
  name: 'november',
  title: '16 to 23 Nov — the whole story, and the account at its end',
  facts: [
    'T1',
    'T2',
    'T3',
    'T5',
    'T7',
    'T9',
    'T10',
    'T11',
    'T13',
    'F1',
    'F2',
    'F3',
    'F8',
    'F9',
    'F12',
    'S0',
    'S4',
  ],
  system: administrativeNetwork,
  knobs: {
    officials: { type: 'rate', default: '6/s', describe: 'officials at work at any time' },
    back: {
      type: 'rate',
      default: '16/s',
      describe: 'how many more are there on Friday, Monday and the 22nd',
    },
    visitors: { type: 'rate', default: '4/s', describe: 'visitors at the counters' },
    surge: { type: 'rate', default: '120/s', describe: 'pop-ups and downloads of the 22nd' },
    bidders: { type: 'rate', default: '14/s', describe: 'bidders in the flood of the 23rd' },
    flood: { type: 'rate', default: '150/s', describe: 'requests of the one source abroad' },
    reaction: { type: 'duration', default: '500ms', describe: 'how long each duty officer takes' },
  },
  build: ({ officials, back, visitors, surge: extra, bidders, flood, reaction }) => ({
    counterfactual: true,
    services: ['procurement', 'procurement-front'],
    // As many tenders of a day close one after the other as there are: the last must still be open on the 23rd.
    environment: { procurement: { CLOSES_EVERY_MS: '400' } },
    load: [
      arrivals(officialIssuesCertificate, officials),
      arrivals(visitorAtCounter, visitors, { process: 'regular' }),
      citizens,
    ],
    acts: [
      { name: 'Thu 16, evening', lasts: '3s' },
      thursdayNight,
      friday(back),
      saturday,
      monday(back),
      wednesday(back, extra),
      ...thursday(bidders, flood),
      { name: 'the books are closed', lasts: '8s' },
    ],
    measures: [
      measure('situation-room'),
      measure('password-fallback', { reactionMs: reaction }),
      measure('manual-intake', { budgetMs: 1000 }),
      measure('segment-tests'),
      measure('load-shedding'),
      measure('per-source-quota'),
      measure('deadline-extension'),
    ],
    hypothesis: [
      everyone(visitorAtCounter, {
        atLeast: 100,
        title: 'nobody leaves a counter with nothing, in the whole of November',
        source: 'S0 S4: intake by hand',
      }),
      account,
    ],
  }),
})
