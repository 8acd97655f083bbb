import { z } from 'zod'
import type { Budget } from './budget.ts'
import type { Downstream } from './downstream.ts'
import { Problem } from './problem.ts'

/** A login that a citizen's phone approved, as the citizen sends it. */
export const approvedLogin = z.strictObject({
  /** Whom the citizen means to log in to; whether that is us is for the provider to say. */
  audience: z.string().min(1).max(100),
  nonce: z.string().min(1).max(200),
  residentId: z.string().min(1).max(100),
  /** base64; what the citizen's phone made of the challenge. */
  proof: z.string().min(1).max(200),
})

const approved = z.object({ residentId: z.string() })
const rejected = z.object({ code: z.string(), error: z.string() })

/**
 * Who approved it, as the provider of simple authentication says.
 * @param token what this system shows the provider
 * @throws Problem 401 not approved, in the provider's words · 503 no answer now; DownstreamError
 */
export async function whoApproved(
  simpleAuth: Downstream,
  token: string,
  body: z.output<typeof approvedLogin>,
  limit: Budget,
): Promise<string> {
  const headers = { authorization: `Bearer ${token}` }
  const answer = await simpleAuth.call({ method: 'POST', path: '/approvals/verify', headers, body }, limit)
  if (answer.status === 422) {
    const reason = rejected.safeParse(answer.body)
    const { code, error } = reason.success ? reason.data : { code: 'rejected', error: 'not approved' }
    throw new Problem(401, code, error)
  }
  const said = approved.safeParse(answer.body)
  if (answer.status !== 200 || !said.success)
    throw new Problem(503, 'simple-auth-unavailable', `simple authentication answered ${answer.status}`)
  return said.data.residentId
}
