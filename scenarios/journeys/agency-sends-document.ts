import type { Http, Journey } from '../../harness/index.ts'
import { outcomeOf, patienceMs } from './login.ts'
import type { People } from './people.ts'

const receiver = 'district→exchange-district'

/** How long the receiver looks out for it, ms. † ours: three scaled minutes. */
const lookOutMs = 3000
/** How often, ms. */
const everyMs = 150

/** Every how many documents one is long and has annexes, which must not come before one another. */
const withAnnexesOneIn = 5
const annexes = ['annex-1', 'annex-2']

/** The outcome of a document that arrived as another than was sent (F11). */
export const damaged = 'damaged'

/**
 * F11: a ministry sends a document to a district by the government's document network (정부 문서 유통망), and the district
 * opens it as it was sent. More than half are longer than what a link that truncates lets through.
 */
export const agencySendsDocument: Journey = {
  name: 'agency-sends-document',
  title: 'agencies send each other documents, which arrive as they were sent',
  entrance: 'ministry→exchange-ministry',
  goesOnTo: [receiver],
  succeedsWith: ['arrived'],
  users: 'agencies',
  successIs: 'delivered',
  servedWithinMs: lookOutMs,
  async run({ http, at, data, index, random, step, pause }) {
    const id = `document-${index}-${Math.floor(random() * 1e9)}`
    const hasAnnexes = index % withAnnexesOneIn === 0
    const length = (hasAnnexes ? 20_000 : 2_000) + Math.floor(random() * 12_000)
    const content = textOf(length, random)
    const papers = [
      { id, content },
      ...(hasAnnexes ? annexes.map((name) => ({ id: `${id}-${name}`, content: name })) : []),
    ]
    for (const paper of papers) {
      const json = { ...paper, caseId: `case-of-${id}` }
      const sent = await step('send', () =>
        http('POST', '/documents', { json, headers: tokenOf(data, 'ministry'), timeoutMs: patienceMs }),
      )
      if (sent.status !== 202) return `send-${outcomeOf(sent)}`
    }
    const opened = await step('arrival', () => lookOut(at(receiver), id, tokenOf(data, 'district'), pause))
    if (opened === undefined) return 'not-arrived'
    return opened === content ? { outcome: 'arrived', took: id } : damaged
  },
}

async function lookOut(
  http: Http,
  id: string,
  headers: Record<string, string>,
  pause: (ms: number) => Promise<void>,
): Promise<string | undefined> {
  for (let waitedMs = 0; waitedMs < lookOutMs; waitedMs += everyMs) {
    const answer = await http('GET', `/documents/${id}`, { headers, timeoutMs: patienceMs })
    if (answer.status === 200) return answer.json<{ content?: string }>()?.content ?? ''
    await pause(everyMs)
  }
  return undefined
}

function tokenOf(data: unknown, agency: string): Record<string, string> {
  const found = (data as People).agencies.find((one) => one.agency === agency)
  return { authorization: `Bearer ${found?.clerksToken}` }
}

const letters = 'abcdefghijklmnopqrstuvwxyz '

/** Words nobody reads, so many letters of them; no two documents have the same. */
function textOf(length: number, random: () => number): string {
  const line = Array.from({ length: 100 }, () => letters[Math.floor(random() * letters.length)]).join('')
  return line.repeat(Math.ceil(length / line.length)).slice(0, length)
}
