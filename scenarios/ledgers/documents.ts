import type { InvariantReader } from '../../harness/index.ts'
import { facts, rows } from './read.ts'

interface Sent {
  readonly id: string
  readonly number: string
  readonly caseId: string
  readonly acknowledged: boolean
  /** How often the other exchange keeps it. */
  readonly times: number
  readonly same: boolean | null
  readonly came: string | null
}

const sentAndReceived = `
  select sent.id, sent.number, sent.case_id as "caseId", sent.acknowledged_at is not null as acknowledged,
    count(received.number)::int as times, bool_and(received.content = sent.content) as same,
    min(received.number) as came
  from sent_documents sent left join received_documents received
    on received.id = sent.id and received.agency <> sent.agency
  group by sent.id, sent.number, sent.case_id, sent.acknowledged_at order by sent.number`

/** What one exchange sent, against what the other keeps. */
export const documentInvariants: Readonly<Record<string, InvariantReader>> = {
  'documents are kept as they were sent, once, in the order of their case': async (topology) => {
    const sent = await rows<Sent>(topology, sentAndReceived)
    const acknowledged = sent.filter((one) => one.acknowledged)
    const broken = acknowledged.flatMap(({ id, times, same }) => {
      if (times === 0) return [`${id} was acknowledged, and is not there`]
      if (times > 1) return [`${id} is there ${times} times`]
      return same === false ? [`${id} is there, and is not what was sent`] : []
    })
    const overtaken = [...Map.groupBy(sent, ({ caseId }) => caseId).values()].flatMap((ofCase) =>
      ofCase.flatMap((one, at) =>
        ofCase
          .slice(at + 1)
          .some((later) => later.came !== null && one.came !== null && Number(later.came) < Number(one.came))
          ? [`${one.id} was overtaken by a later document of ${one.caseId}`]
          : [],
      ),
    )
    return facts(
      acknowledged,
      [...broken, ...overtaken],
      `${sent.length} documents sent, ${acknowledged.length} acknowledged`,
    )
  },
}
