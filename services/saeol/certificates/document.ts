import { z } from 'zod'
import type { Budget } from '../../common/budget.ts'
import { Problem } from '../../common/problem.ts'
import { onBehalfOf } from '../../common/requester.ts'
import type { SaeolDeps } from '../deps.ts'

/**
 * What the resident register says of somebody, as it goes into a document.
 * @param requester the official who asks: the register records it
 * @returns undefined when nobody is registered under this id
 * @throws Problem 503 when the register does not serve, 502 when it answers about somebody else
 */
export async function lookUpDocument(
  { resident, config }: Pick<SaeolDeps, 'resident' | 'config'>,
  id: string,
  requester: string,
  budget: Budget,
): Promise<unknown> {
  const path = `/residents/${encodeURIComponent(id)}`
  const headers = { authorization: `Bearer ${config.OWN_TOKEN}`, ...onBehalfOf(requester) }
  const { status, body } = await resident.call({ method: 'GET', path, headers }, budget)
  if (status === 404) return undefined
  if (status !== 200)
    throw new Problem(503, 'resident-unavailable', `the resident register answered ${status}`)
  const subject = z.object({ id: z.string() }).safeParse(body)
  // Requester and subject are compared on each document: in April 2024 swapped answers reached other people.
  if (!subject.success || subject.data.id !== id) {
    throw new Problem(502, 'wrong-subject', 'the resident register answered about somebody else')
  }
  return body
}
