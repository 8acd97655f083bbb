import { arrivals, never } from '../harness/index.ts'
import { openingAttacks, openingAttacksDone } from './journeys/dishonest-duty-officer.ts'
import { dishonestDutyOfficer } from './journeys/index.ts'

/** So often that each attack comes twice in the shortest replay. */
export const dishonestDutyOfficers = arrivals(dishonestDutyOfficer, '1.5/s', { process: 'regular' })

/** The password login is opened by two people, on fresh evidence from two places that Saeol itself bears out, for a day at most. */
export const openingGuards = [
  never(dishonestDutyOfficer, {
    id: 'never:dishonest-duty-officer',
    title:
      'no duty officers open the password login or declare an outage as they must not, and each try is refused for what is wrong',
    minimumWhere: { measure: 'password-fallback' },
    outcome: openingAttacksDone,
    atLeast: Object.fromEntries(openingAttacks.map((name) => [`refused-${name}`, 2])),
    source: 'fallback invariants 1 and 2; ledger invariant 5',
    sabotages: [
      'one-approval',
      'forged-approval',
      'one-vantage-point',
      'old-evidence',
      'believes-vantage-points',
      'open-for-days',
      'unapproved-outage',
      'outage-to-come',
    ],
  }),
]
