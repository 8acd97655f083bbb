import { arrivals, defineScenario, everyone, measure, never, surge, timeTo } from '../harness/index.ts'
import { citizenGuards, citizens } from './citizens.ts'
import { browserOpensWindows, officialComesLate, officialWorksOn } from './journeys/index.ts'
import { anothersSession, refusedWithoutWhen } from './journeys/session-holders.ts'
import { administrativeNetwork } from './system.ts'

/** Where the store is full and refuses. */
const refusing = { fault: true, measure: 'session-admission' }

/**
 * 17 November 2023, as soon as logins pass again (T3): everybody logs in, in one window after the other, and the session
 * store is full (F6). A store that makes room as a cache does throws out who is at work, who logs in again and throws out
 * the next. † ours: that it came to that, the store's size, and the windows. Time is scaled: a session of a morning is ten
 * seconds here.
 */
export const sessionStoreFull = defineScenario({
  name: '17-nov-session-store-full',
  title: '17 Nov — everybody logs in at once, and the session store is full',
  facts: ['T3', 'F6'],
  system: administrativeNetwork,
  knobs: {
    workers: {
      type: 'rate',
      default: '20/s',
      describe: 'officials who log in before it is full and work on',
    },
    late: { type: 'rate', default: '8/s', describe: 'officials who log in, serve one visitor and log out' },
    windows: { type: 'rate', default: '40/s', describe: 'logins of windows that are left behind' },
    store: { type: 'number', default: 100, describe: 'sessions that Saeol can hold' },
  },
  build: ({ workers, late, windows, store }) => ({
    environment: { saeol: { SESSIONS_MAX: String(store) } },
    load: [arrivals(officialComesLate, late), citizens],
    acts: [
      { name: 'morning', lasts: '3s' },
      {
        name: 'at work',
        lasts: '2s',
        load: [arrivals(officialWorksOn, workers, { process: 'regular' })],
        hypothesis: [
          everyone(officialWorksOn, {
            atLeast: 35,
            during: 'at work',
            source: 'F6: live sessions survive; everybody, as there are too few for a share',
          }),
        ],
      },
      { name: 'filling', lasts: '5s', faults: [surge(browserOpensWindows, windows)] },
      { name: 'drained', lasts: '6s' },
    ],
    measures: [measure('session-admission')],
    hypothesis: [
      timeTo('sessions.full', {
        of: 'injected',
        within: '4s',
        measure: 'session-admission',
        source: '† ours: the windows of four seconds are more than the store holds',
      }),
      timeTo('sessions.room', {
        of: 'reverted',
        within: '6s',
        measure: 'session-admission',
        source: '† ours: who was at work has gone home by then',
      }),
      never([officialWorksOn, officialComesLate], {
        outcome: anothersSession,
        atLeast: 100,
        title: 'no token ever answers for another official',
        source: 'F6: no cross-user session',
        sabotages: ['hands-sessions-on'],
      }),
      never([officialComesLate, browserOpensWindows], {
        outcome: refusedWithoutWhen,
        atLeast: { 'told-when': 20 },
        minimumWhere: refusing,
        title: 'whoever is refused is told when to come back',
        source: 'F6: 503 with Retry-After',
        sabotages: ['refuses-without-when'],
      }),
      ...citizenGuards,
    ],
  }),
})
