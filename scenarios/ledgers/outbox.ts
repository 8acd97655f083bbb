import { setTimeout as sleep } from 'node:timers/promises'
import type { InvariantReader } from '../../harness/index.ts'
import { mockGov24OperatorToken } from '../../services/gov24/config.ts'
import type { Standing } from '../../services/gov24/outbox.ts'
import { facts, rows, type Topology } from './read.ts'

/** How long the portal may hand in what is left once the doors are shut, ms. † ours: three scaled minutes. */
const closingMs = 3_000

/** What Government24 received in Saeol's place, against Saeol's ledger. */
export const outboxInvariants: Readonly<Record<string, InvariantReader>> = {
  'what the portal kept was handed in once, as of its day': async (topology, signal) => {
    const kept = await outboxAtClose(topology, signal)
    const applications = await rows<{ number: string; receivedOn: Date }>(
      topology,
      'select portal_number as number, received_on as "receivedOn" from applications where portal_number is not null',
    )
    const byNumber = Map.groupBy(applications, ({ number }) => number)
    return facts(
      kept,
      kept.flatMap(({ number, state, receivedOn }) => {
        const [first, ...more] = byNumber.get(number) ?? []
        if (first === undefined) return [`${number} is ${state}, and not in Saeol's ledger`]
        if (more.length > 0) return [`${number} is in Saeol's ledger ${1 + more.length} times`]
        const day = first.receivedOn.toISOString()
        return day === receivedOn
          ? []
          : [`${number} was received on ${receivedOn}, and is in the ledger as of ${day}`]
      }),
      `${kept.length} applications kept, ${kept.filter(({ state }) => state === 'handed-in').length} handed in`,
    )
  },
}

/** The outbox at the close of the day: the desk has had its time for what was left. */
export async function outboxAtClose(topology: Topology, signal: AbortSignal): Promise<Standing[]> {
  const until = performance.now() + closingMs
  for (;;) {
    const answer = await fetch(`${topology.direct('gov24')}/outbox`, {
      headers: { authorization: `Bearer ${mockGov24OperatorToken}` },
      signal,
    })
    if (!answer.ok) throw new Error(`Government24 answered ${answer.status}`)
    const { applications } = (await answer.json()) as { applications: Standing[] }
    if (applications.every(({ state }) => state !== 'kept') || performance.now() > until) return applications
    await sleep(100, undefined, { signal })
  }
}
