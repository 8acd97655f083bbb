import { arrivals, defineScenario, measure, never, stall, successRate, timeTo } from '../harness/index.ts'
import { citizenGuards, citizens } from './citizens.ts'
import {
  colleagueReportsLoss,
  finderOfCertificate,
  officialIssuesCertificate,
  officialReportsLoss,
} from './journeys/index.ts'
import { lossesPerS } from './journeys/lost-certificate.ts'
import { administrativeNetwork } from './system.ts'

/**
 * How long officials may have no way in: the last list of revoked certificates is good for up to six seconds, then
 * nobody is verified, and two officers have two seconds to open the password login.
 */
const closedFor = '9s'

/**
 * The service that says which certificates were revoked does not answer (F5), and GPKI itself is well. It may rely on
 * its last list until that one's next update is due, and then must verify nobody: somebody whose certificate was
 * reported lost meanwhile would be let in. Officials need another way in. † ours: no source tells of such a day; it is
 * the one in which a verification server is tempted to be kind. Time is scaled: a minute is a second here.
 */
export const revocationServiceDead = defineScenario({
  name: '17-nov-revocation-service-dead',
  title: '17 Nov — the revocation list comes no more, and GPKI must not guess',
  facts: ['F5', 'S0'],
  system: administrativeNetwork,
  knobs: {
    officials: { type: 'rate', default: '14/s', describe: 'officials who log in and issue a certificate' },
    reaction: { type: 'duration', default: '500ms', describe: 'how long each of two officers takes to open' },
    fault: { type: 'duration', default: '14s', describe: 'how long the service is silent' },
    recovery: { type: 'duration', default: '5s', describe: 'how long the recovery is watched' },
  },
  build: ({ officials, reaction, fault, recovery }) => ({
    load: [
      arrivals(officialIssuesCertificate, officials),
      arrivals(officialReportsLoss, `${lossesPerS}/s`, { process: 'regular' }),
      arrivals(finderOfCertificate, `${lossesPerS}/s`, { process: 'regular' }),
      arrivals(colleagueReportsLoss, '1/s', { process: 'regular' }),
      citizens,
    ],
    acts: { baseline: '3s', fault, recovery },
    faults: [stall('gpki-a→crl'), stall('gpki-b→crl')],
    measures: [measure('password-fallback', { reactionMs: reaction })],
    hypothesis: [
      successRate(officialIssuesCertificate, {
        atLeast: 0.9,
        during: 'fault',
        after: closedFor,
        source: '† ours: nine in ten officials serve their visitor once two officers had their time',
      }),

      timeTo('fallback.opened', {
        of: 'injected',
        within: closedFor,
        measure: 'password-fallback',
        source: '† ours: the six seconds of the list, and two scaled minutes for two officers',
      }),

      never(finderOfCertificate, {
        title: 'nobody is let in with a certificate that was reported lost seven seconds ago',
        outcome: 'let-in',
        // Reported while the list came no more, and tried when none was in force.
        atLeast: { 'not-verified': 3 },
        minimumWhere: { fault: true },
        source: 'F5: fails closed, never soft-fail',
        sabotages: ['ignores-next-update', 'stale-revocation-list'],
      }),
      never(colleagueReportsLoss, {
        outcome: 'revoked',
        atLeast: { 'bad-signature': 10 },
        source: '† ours: a certificate is revoked by whoever holds its key, and by nobody else',
        sabotages: ['revokes-for-anybody'],
      }),
      ...citizenGuards,
    ],
  }),
})
