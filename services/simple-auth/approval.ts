import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Sabotaged } from '../common/sabotage.ts'
import type { Phones } from '../enrolment/phones.ts'

/** What a citizen's phone approves: a login of its owner to one system, once. */
export interface Approval {
  readonly audience: string
  readonly nonce: string
  readonly residentId: string
  /** base64; HMAC-SHA-256 of the approval's text with the phone's secret. */
  readonly proof: string
}

export type ApprovalVerdict =
  | { readonly ok: true; readonly residentId: string }
  | { readonly ok: false; readonly code: 'wrong-audience' | 'not-approved'; readonly reason: string }

/** The text that a phone vouches for: canonical JSON. */
export function approvalText({ audience, nonce, residentId }: Omit<Approval, 'proof'>): string {
  return JSON.stringify({ action: 'approve-log-in', audience, nonce, residentId })
}

/** @returns a check of approvals; who is unknown is refused as a wrong proof is */
export function createApprovalCheck(phones: Phones, sabotaged: Sabotaged) {
  const secrets = new Map(
    phones.phones.map(({ residentId, secret }) => [residentId, Buffer.from(secret, 'base64')]),
  )
  const nobody = Buffer.alloc(32)

  return (approval: Approval, askedBy: string): ApprovalVerdict => {
    const { audience, residentId, proof } = approval
    if (audience !== askedBy && !sabotaged('ignores-audience-of-approval')) {
      const reason = `this was approved to log in to ${audience}, not to ${askedBy}`
      return { ok: false, code: 'wrong-audience', reason }
    }
    const secret = secrets.get(residentId)
    const expected = createHmac('sha256', secret ?? nobody)
      .update(approvalText(approval))
      .digest()
    const shown = Buffer.from(proof, 'base64')
    const isProven = shown.length === expected.length && timingSafeEqual(shown, expected)
    if (secret === undefined || !(isProven || sabotaged('accepts-any-approval'))) {
      return { ok: false, code: 'not-approved', reason: 'the phone of this citizen did not approve it' }
    }
    return { ok: true, residentId }
  }
}
