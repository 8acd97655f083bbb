import {
  accounted,
  arrivals,
  defineScenario,
  invariant,
  latency,
  measure,
  recovery,
  share,
  successRate,
  surge,
} from '../harness/index.ts'
import { citizenGuards, citizens } from './citizens.ts'
import { officialIssuesCertificate, officialReadsNotices } from './journeys/index.ts'
import { administrativeNetwork } from './system.ts'

/**
 * 22 November 2023, 11:45: five days after the outage the network is overloaded; certificates fail in Seoul for twenty
 * minutes, until servers are restarted, pop-ups closed and downloads cancelled (T10, F8). Here pop-ups and downloads
 * surge and hold Saeol's workers; untreated, what users retry keeps it down after the surge is over. Time is scaled:
 * the twenty minutes are six seconds.
 */
export const overload = defineScenario({
  name: '22-nov-overload',
  title: '22 Nov 11:45 — pop-ups and downloads hold the connections',
  facts: ['T10', 'F8', 'S3'],
  system: administrativeNetwork,
  knobs: {
    officials: { type: 'rate', default: '25/s', describe: 'officials who log in and issue a certificate' },
    readers: {
      type: 'rate',
      default: '10/s',
      describe: 'officials who open notices and downloads, on any day',
    },
    surge: { type: 'rate', default: '150/s', describe: 'how many more of them come in the surge' },
    fault: { type: 'duration', default: '4s', describe: 'how long the surge lasts' },
    recovery: { type: 'duration', default: '6.5s', describe: 'how long the recovery is watched' },
  },
  build: ({ officials, readers, surge: extra, fault, recovery: watched }) => ({
    load: [arrivals(officialIssuesCertificate, officials), arrivals(officialReadsNotices, readers), citizens],
    acts: { baseline: '2500ms', fault, recovery: watched },
    faults: [surge(officialReadsNotices, extra)],
    measures: [measure('load-shedding')],
    hypothesis: [
      successRate(officialIssuesCertificate, {
        atLeast: 0.95,
        during: 'fault',
        source: '† ours: nineteen in twenty officials serve their visitor',
      }),
      latency(officialIssuesCertificate, {
        quantile: 0.95,
        below: '1s',
        during: 'fault',
        source: '† ours: F8 asks for certificates within target and names none',
      }),
      recovery(officialIssuesCertificate, {
        within: '6s',
        source: 'T10: twenty minutes, scaled by 200',
      }),
      share({
        measure: 'load-shedding',
        of: 'shed',
        journeys: officialReadsNotices,
        among: [officialReadsNotices, officialIssuesCertificate],
        atLeast: 0.9,
        during: 'fault',
        source: 'T10: pop-ups closed and downloads cancelled first; the share † ours',
      }),

      ...citizenGuards,
      accounted(officialIssuesCertificate, {
        outcome: 'issued',
        by: 'certificates issued once',
        source: 'ledger invariant 1: nothing lost',
        sabotages: ['forgets-certificates'],
      }),
      invariant('certificates issued once', {
        // Untreated hardly any are issued.
        minimumWhere: { measure: 'load-shedding' },
        atLeast: 50,
        source: 'ledger invariant 3: exactly once, although officials retry',
        sabotages: ['issues-twice'],
      }),
    ],
  }),
})
