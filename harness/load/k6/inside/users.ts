/**
 * What k6 runs: all users of a scenario, on the event loops of a few VUs. A VU of k6 carries one iteration at a time and
 * holds a JavaScript runtime and the users' data of its own; an outage keeps hundreds of visits waiting. So an iteration
 * lasts as long as the arm, and every VU carries its share of the arrivals by the visit engine, as the built-in driver
 * carries all of them.
 */
import exec from 'k6/execution'
import { openVisits, type Visits } from '../../visits.ts'
import { type Order, type ScriptLoad, vus } from '../protocol.ts'
import { fineClock, sleep } from './clock.ts'
import { usersHttp } from './http.ts'
import { measuring } from './metrics.ts'
import { obeyHarness, obeyPlan } from './orders.ts'
import { reporting } from './reports.ts'

/**
 * The function that k6 runs, once per VU.
 * @param ordersFrom URL of the harness that gives the orders; without it, streams follow their own times and nothing but
 * k6's own metrics is reported.
 */
export function users(
  load: ScriptLoad,
  journeys: object,
  ordersFrom: string | undefined,
): () => Promise<void> {
  // The same is done again by each VU; here it says before the start what cannot be carried.
  openVisits(
    load,
    journeys,
    { now: Date.now, sleep, client: usersHttp, togetherMs: 0 },
    { due() {}, over() {} },
  )
  return () => carry(load, journeys, ordersFrom)
}

async function carry(load: ScriptLoad, journeys: object, ordersFrom: string | undefined): Promise<void> {
  const now = fineClock()
  const vu = exec.vu.idInTest
  const measured = measuring(load)
  const reports = ordersFrom === undefined ? undefined : reporting(vu, now)
  const visits = openVisits(
    { ...load, maxInFlight: Math.ceil(load.maxInFlight / vus) },
    journeys,
    { now, sleep, client: usersHttp, togetherMs: 0, share: { of: vus, which: (vu - 1) % vus } },
    {
      due(visit, dropped) {
        measured.due(visit, dropped)
        reports?.due(visit, dropped)
      },
      over(visit, how) {
        measured.over(visit, how)
        reports?.over(visit, how)
      },
    },
  )
  reports?.begin(visits)
  const obey = async (order: Order): Promise<void> => {
    if (order.type === 'start') {
      measured.started(order.at)
      reports?.started()
    }
    await follow(visits, order)
  }
  if (ordersFrom === undefined) await obeyPlan(load.streams, now, obey)
  else await obeyHarness(ordersFrom, obey)
  reports?.end()
}

async function follow(visits: Visits, order: Order): Promise<void> {
  switch (order.type) {
    case 'start':
      return visits.start(order.at)
    case 'begin':
      return visits.begin(order.stream, order.at)
    case 'end':
      return visits.end(order.stream, order.at)
    case 'drain':
      return visits.drain(order.at, order.giveUpAt)
  }
}
