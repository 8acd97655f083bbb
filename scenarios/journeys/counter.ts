import type { Http, HttpAnswer } from '../../harness/index.ts'
import type { Document } from './documents.ts'

/** What a visitor brings to a counter. */
interface Wish {
  readonly residentId: string
  readonly kind: string
}

/** How long a visitor stands at the counter before giving up, ms. */
const patienceMs = 4000

/** A visit to a community service centre; `given` is the certificate, or the receipt, that the visitor is handed. */
export async function visitCounter(
  http: Http,
  wish: Wish,
  key: string,
): Promise<{
  readonly answer: HttpAnswer
  readonly given: { readonly certificate?: Document; readonly receipt?: Document } | undefined
}> {
  const headers = { 'idempotency-key': key }
  const answer = await http('POST', '/visits', { json: wish, headers, timeoutMs: patienceMs })
  const isServed = answer.status === 201 || answer.status === 202
  return {
    answer,
    given: isServed ? (answer.json<{ certificate?: Document; receipt?: Document }>() ?? {}) : undefined,
  }
}
