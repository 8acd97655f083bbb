import type { HttpAnswer, Journey } from '../../harness/index.ts'
import { anothersDocument, type Document, isWhatWasAsked } from './documents.ts'
import { kindOfCase, type People, pick } from './people.ts'

/**
 * F15: two visitors come at the same moment, and their requests carry the same key. Whoever is first may be served, and
 * neither may leave with what is the other's.
 */
export const twoWithOneKey: Journey = {
  name: 'two-with-one-key',
  title: 'two visitors whose requests carry one key are kept apart',
  entrance: 'official→community-centre',
  succeedsWith: ['kept-apart', 'nobody-served'],
  users: 'pairs of visitors with one key',
  successIs: 'kept apart',
  async run({ http, data, index, random, step }) {
    const people = data as People
    const kind = kindOfCase(random, 0.5)
    const asked = [0, 1].map(() => ({ residentId: pick(people.residents, random), kind }))
    const headers = { 'idempotency-key': `pair-${index}-${Math.floor(random() * 1e9)}` }
    const answers = await step('visits', () =>
      Promise.all(asked.map((json) => http('POST', '/visits', { json, headers, timeoutMs: 4000 }))),
    )
    const given = answers.map(documentIn)
    if (given.every((document) => document === undefined)) return 'nobody-served'
    return given.every((document, of) => document === undefined || isWhatWasAsked(document, asked[of]!))
      ? 'kept-apart'
      : anothersDocument
  },
}

function documentIn(answer: HttpAnswer): Document | undefined {
  if (answer.status !== 201 && answer.status !== 202) return undefined
  const { certificate, receipt } = answer.json<{ certificate?: Document; receipt?: Document }>() ?? {}
  return certificate ?? receipt ?? {}
}
