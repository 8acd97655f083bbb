import {
  accounted,
  arrivals,
  defineScenario,
  invariant,
  measure,
  never,
  successRate,
  switchOn,
  timeTo,
} from '../harness/index.ts'
import { citizenGuards, citizens, doorsShut } from './citizens.ts'
import { unmarked } from './journeys/citizen-applies-for-id.ts'
import { impostures, imposturesDone } from './journeys/impostor-with-id.ts'
import { citizenAppliesForId, holderShowsId, impostorWithId } from './journeys/index.ts'
import { administrativeNetwork } from './system.ts'

/** Where IDs are issued although nobody stores them. */
const temporary = { measure: 'temporary-issuance' }

const mechanisms = [
  timeTo('ids.finalised', {
    of: 'reverted',
    within: '5s',
    measure: 'temporary-issuance',
    title: 'every temporary ID came to its end ≤ 5 s after the storage takes IDs again',
    source: '† ours: a scaled night',
  }),
]

const guards = [
  never(holderShowsId, {
    outcome: ['expired', 'not-by-the-issuer', 'not-the-holder', 'taken-for-another'],
    atLeast: { accepted: 40 },
    title: 'existing mobile IDs count, whatever the storage does',
    source: 'T12: existing IDs work',
    sabotages: ['reads-wrong-date'],
  }),
  never(citizenAppliesForId, {
    outcome: [unmarked, 'anothers-id'],
    atLeast: { issued: 40 },
    where: temporary,
    title: 'no temporary ID passes for a final one, and each is the owner’s',
    source: 'ledger invariant 8: marked temporary',
    sabotages: ['unmarked-temporary'],
  }),
  never(impostorWithId, {
    id: 'never:impostor-with-id',
    outcome: imposturesDone,
    atLeast: Object.fromEntries(impostures.map((name) => [`refused-${name}`, 3])),
    title: 'nobody passes for another with a mobile ID, and each is refused for what is wrong',
    source: 'ledger invariant 8: identity checked',
    sabotages: ['anybodys-id', 'believes-any-issuer', 'any-holder', 'ignores-expiry'],
  }),
  invariant('no mobile ID is half-issued', {
    where: temporary,
    atLeast: 60,
    source: 'F10: half-issued = 0',
    sabotages: ['half-issues', 'never-finalises'],
  }),
  invariant('each temporary ID was marked, short-lived and brought to an end', {
    where: temporary,
    minimumWhere: { fault: true },
    atLeast: 30,
    source: 'ledger invariant 8: a number of its own, an expiry; issued = made final + revoked',
    sabotages: ['temporary-forever', 'same-temporary-number', 'never-finalises'],
  }),
  invariant('the identity of each owner was checked', {
    atLeast: 30,
    source: 'ledger invariant 8: identity checked',
    sabotages: ['unchecked-identity'],
  }),
  accounted(citizenAppliesForId, {
    id: 'accounted:mobile-ids-given',
    outcome: 'issued',
    by: 'mobile IDs given',
    source: 'ledger invariant 8: each one is reconciled, so each one is known',
    sabotages: ['forgets-temporaries'],
  }),
  accounted(citizenAppliesForId, {
    id: 'accounted:mobile-ids-revoked',
    outcome: 'reported-lost',
    by: 'mobile IDs revoked',
    title: 'what citizens report as lost counts no more',
    source: 'ledger invariant 8: made final or revoked',
    sabotages: ['finalises-lost'],
  }),
]

/**
 * 24 November, 13:57 (T12): the storage of mobile IDs has a wrong access list and turns the issuer away. Whoever has an ID
 * shows it as before; nobody is given a new one until 20:40, and those who tried have a number and no ID. Here the
 * issuer gives temporary ones (임시발급, promised for documents in S2 S4), marked and for a short time, and makes them final
 * once the storage takes them. † ours: that it does so for mobile IDs, and the crowd. Time is scaled: an hour is a second.
 */
export const mobileId = defineScenario({
  name: '24-nov-mobile-id',
  title: '24 Nov 13:57 — the storage of mobile IDs turns its issuer away',
  facts: ['T12', 'F10', 'S2', 'S4'],
  system: administrativeNetwork,
  knobs: {
    applicants: { type: 'rate', default: '12/s', describe: 'citizens who want a mobile ID' },
    holders: { type: 'rate', default: '6/s', describe: 'citizens who show the one that they have' },
  },
  build: ({ applicants, holders }) => ({
    services: ['mobile-id', 'id-storage', 'id-verifier'],
    load: [
      arrivals(citizenAppliesForId, applicants),
      arrivals(holderShowsId, holders),
      arrivals(impostorWithId, '2/s', { process: 'regular' }),
      citizens,
    ],
    acts: [
      { name: 'before', lasts: '3s' },
      {
        name: 'turned away',
        lasts: '7s',
        faults: [switchOn('id-storage', 'wrong-access-list')],
        hypothesis: [
          successRate(citizenAppliesForId, {
            atLeast: 0.9,
            during: 'turned away',
            title:
              'citizens are given a mobile ID that counts, while the storage turns the issuer away: success ≥ 90 %',
            source: 'T12: new issuance stopped; the share † ours',
          }),
        ],
      },
      { name: 'put right', lasts: '6s' },
    ],
    measures: [measure('temporary-issuance')],
    hypothesis: [
      ...mechanisms,
      ...guards,
      doorsShut('doors of mobile IDs are shut to others', 24),
      ...citizenGuards,
    ],
  }),
})
