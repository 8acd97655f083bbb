import type { z } from 'zod'
import type { DownstreamResponse } from './downstream.ts'
import { Problem } from './problem.ts'

/** What a system answered, or an honest error in its name. */
export function answered<S extends z.ZodType>(
  system: 'saeol' | 'resident',
  answer: DownstreamResponse,
  schema: S,
): z.output<S> {
  if (answer.status >= 500 || answer.status === 429) {
    throw new Problem(503, `${system}-unavailable`, `${system} answered ${answer.status}`)
  }
  const body = schema.safeParse(answer.body)
  if (answer.status < 300 && body.success) return body.data
  if (answer.status === 422) throw new Problem(422, 'refused', `${system} refused it`)
  throw new Problem(
    502,
    `${system}-refused`,
    `${system} answered ${answer.status}, which is not understood here`,
  )
}
