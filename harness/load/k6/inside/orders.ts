import exec from 'k6/execution'
import http from 'k6/http'
import type { ArrivalStream } from '../../../model/arrivals.ts'
import type { Order } from '../protocol.ts'
import { sleep } from './clock.ts'

/** Longer than the harness keeps a question open, ms: if no answer came by then, the harness is gone. */
const patienceMs = 60_000
/** Alone, the first arrival may come this long after k6 has started the VUs, ms. */
const headStartMs = 1000
/** Alone, how long visits under way are waited for at the end, ms. */
const drainMs = 10_000

/** Obeys the harness, order by order: each question waits there until there is a new one. Ends with the drain. */
export async function obeyHarness(url: string, obey: (order: Order) => Promise<void>): Promise<void> {
  for (let after = 0; ; ) {
    const question = `${url}/${exec.vu.idInTest}?after=${after}`
    const answer = await http.asyncRequest('GET', question, null, {
      timeout: patienceMs,
      responseType: 'text',
      tags: { name: 'orders' },
    })
    // Users must not go on when nobody watches them any more.
    if (answer.status !== 200) exec.test.abort(`the harness is gone: ${answer.error}`)
    for (const order of JSON.parse(answer.body ?? '[]') as Order[]) {
      after++
      await obey(order)
      if (order.type === 'drain') return
    }
  }
}

/** What a script obeys that runs alone: every stream at its time, then the drain. */
export async function obeyPlan(
  streams: readonly ArrivalStream[],
  now: () => number,
  obey: (order: Order) => Promise<void>,
): Promise<void> {
  // The same for every VU.
  const at = exec.scenario.startTime + headStartMs
  const until = async (ms: number): Promise<void> => {
    const waitMs = at + ms - now()
    if (waitMs > 0) await sleep(waitMs)
  }
  await obey({ type: 'start', at })
  const onCommand = streams.filter(({ begins }) => begins === 'on-command')
  for (const { id, atMs = 0 } of onCommand.sort((a, b) => (a.atMs ?? 0) - (b.atMs ?? 0))) {
    await until(atMs)
    await obey({ type: 'begin', stream: id, at: at + atMs })
  }
  const endMs = Math.max(0, ...streams.map(({ atMs = 0, durationMs }) => atMs + durationMs))
  await until(endMs)
  await obey({ type: 'drain', at: at + endMs, giveUpAt: at + endMs + drainMs })
}
