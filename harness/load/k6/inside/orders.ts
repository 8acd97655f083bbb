import exec from 'k6/execution'
import http from 'k6/http'
import type { Order } from '../protocol.ts'

/** Longer than the harness lets a question wait, ms: whoever does not answer is gone. */
const patienceMs = 60_000

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
