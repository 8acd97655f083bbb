import {
  type ActSpec,
  arrivals,
  between,
  defineScenario,
  measure,
  packetLoss,
  successRate,
  timeTo,
} from '../harness/index.ts'
import { citizenGuards, citizens } from './citizens.ts'
import { officialIssuesCertificate } from './journeys/index.ts'
import { administrativeNetwork } from './system.ts'
import { brokenPort, flaps, repairs } from './way-to-gpki.ts'

/** The port is broken, and the switch comes and goes. */
const friday: ActSpec = {
  name: 'Friday',
  lasts: '8500ms',
  faults: [
    packetLoss('saeol→l4', {
      id: brokenPort,
      to: { act: 'Monday', after: '5500ms' },
      minBytes: 1500,
      probability: 0.9,
    }),
    ...flaps,
  ],
  hypothesis: [
    successRate(officialIssuesCertificate, {
      atLeast: 0.95,
      during: 'Friday',
      after: '3500ms',
      title: 'officials are served on Friday, once two officers had their time: success ≥ 95 %',
      id: 'success-rate:friday',
      source: '† ours: as in 17-nov-gpki-stall',
    }),
  ],
}

const saturday: ActSpec = {
  name: 'Saturday',
  lasts: '6s',
  actions: repairs,
}

/** What the tests do. */
const mechanisms = [
  timeTo('segment.failed', {
    of: 'injected',
    fault: brokenPort,
    within: '12s',
    measure: 'segment-tests',
    title: 'the tests name the way that is broken, when somebody would declare it normal',
    source: 'S4, F3: segment by segment; the bound † ours: two days, scaled',
    sabotages: ['tests-with-short-requests'],
  }),
  between('segments.passed', 'normal.declared', {
    measure: 'segment-tests',
    title: 'nothing is declared normal before each way has passed full-size requests',
    source: 'F3',
    sabotages: ['declares-untested'],
  }),
]

/**
 * 17 to 20 November 2023: officials cannot log in, for the L4 switch comes and goes and the router port in front of it is
 * broken (F1, F2). At four on Saturday morning the switch is replaced, slowness remains (T5), and on Sunday Saeol is
 * declared restored (T8); on Monday everybody is back. Here the port lasts until somebody tests each way with full-size
 * requests before declaring anything normal (S4, F3); without that it is found only after Monday. Time is scaled: a day
 * is six seconds.
 */
export const wrongDiagnosis = defineScenario({
  name: '18-nov-wrong-diagnosis',
  title: '18 Nov — the switch is replaced, all is declared normal, the port is still broken',
  facts: ['T5', 'T8', 'T13', 'F1', 'F2', 'F3', 'S0', 'S4'],
  system: administrativeNetwork,
  knobs: {
    officials: { type: 'rate', default: '24/s', describe: 'officials who log in and issue a certificate' },
    monday: { type: 'rate', default: '4/s', describe: 'how many more come on Monday' },
    reaction: { type: 'duration', default: '500ms', describe: 'how long each duty officer takes' },
  },
  build: ({ officials, monday, reaction }) => ({
    load: [arrivals(officialIssuesCertificate, officials), citizens],
    acts: [
      { name: 'Thursday', lasts: '3s' },
      friday,
      saturday,
      {
        name: 'Monday',
        lasts: '6s',
        load: [arrivals(officialIssuesCertificate, monday)],
        hypothesis: [
          successRate(officialIssuesCertificate, {
            atLeast: 0.95,
            during: 'Monday',
            untilEnd: '1s',
            title: 'officials are served on Monday, after all was declared normal: success ≥ 95 %',
            id: 'success-rate:monday',
            source: 'F3: logins ≥ 95 % after "normal", of everybody who is back; the share † ours',
          }),
        ],
      },
      { name: 'found', lasts: '4s' },
    ],
    measures: [measure('segment-tests'), measure('password-fallback', { reactionMs: reaction })],
    hypothesis: [...mechanisms, ...citizenGuards],
  }),
})
