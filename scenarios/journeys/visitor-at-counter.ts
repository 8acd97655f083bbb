import type { HttpAnswer, Journey } from '../../harness/index.ts'
import { anothersDocument, type Document, isWhatWasAsked } from './documents.ts'
import { outcomeOf } from './login.ts'
import { kindOfCase, type People, pick } from './people.ts'

/** Share of visits whose key a second visitor comes with as well. † ours: enough that a few do in every arm. */
const mistakenKeys = 0.1

/** When the second comes, in ms: the first has been heard by then, and is not done yet. */
const underWayMs = 50

/** S0, S4: a visitor at a community service centre leaves with a certificate, or at least with a numbered receipt. */
export const visitorAtCounter: Journey = {
  name: 'visitor-at-counter',
  title: 'visitors at the counter leave with a certificate or a receipt',
  entrance: 'official→community-centre',
  succeedsWith: ['certificate', 'receipt'],
  users: 'visitors',
  // † ours: one and a half scaled minutes at the counter; longer than a receipt takes, shorter than two officers do.
  servedWithinMs: 1500,
  async run({ http, data, index, random, step, pause }) {
    const people = data as People
    const asked = { residentId: pick(people.residents, random), kind: kindOfCase(random, 0.5) }
    const key = `visit-${index}-${Math.floor(random() * 1e9)}`
    const other = { ...asked, residentId: pick(people.residents, random) }
    const visit = (json: object) =>
      http('POST', '/visits', { json, headers: { 'idempotency-key': key }, timeoutMs: 4000 })
    const [answer, overheard] = await Promise.all([
      step('visit', () => visit(asked)),
      random() < mistakenKeys ? pause(underWayMs).then(() => visit(other)) : undefined,
    ])
    // Where the first got nothing, the second is an ordinary visitor, and may leave with a document.
    const others = overheard && handedOver(overheard)
    if (others !== undefined && !isWhatWasAsked(others.certificate ?? others.receipt, other)) {
      return anothersDocument
    }
    const given = handedOver(answer)
    if (given === undefined) return outcomeOf(answer)
    const { certificate, receipt } = given
    if (!isWhatWasAsked(certificate ?? receipt, asked)) return anothersDocument
    return receipt === undefined
      ? { outcome: 'certificate', took: `${certificate!.number}` }
      : { outcome: 'receipt', took: `${receipt.office}/${receipt.number}` }
  },
}

/** What the visitor leaves with; undefined: nothing. */
function handedOver(answer: HttpAnswer): { certificate?: Document; receipt?: Document } | undefined {
  return answer.status === 201 || answer.status === 202 ? (answer.json() ?? {}) : undefined
}
