import type { InvariantReader } from '../../harness/index.ts'
import { mockGov24OperatorToken } from '../../services/gov24/config.ts'
import type { OutboxItem } from '../../services/gov24/outbox.ts'
import { atClose, facts, rows, type Topology, toldBy } from './read.ts'

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

/** The outbox once its desk has had its time for what was left. */
export function outboxAtClose(topology: Topology, signal: AbortSignal): Promise<OutboxItem[]> {
  const look = async (): Promise<OutboxItem[]> => {
    const asked = { service: 'gov24', path: '/outbox', token: mockGov24OperatorToken }
    return (await toldBy<{ applications: OutboxItem[] }>(topology, asked, signal)).applications
  }
  return atClose(look, (items) => items.every(({ state }) => state !== 'kept'), signal)
}
