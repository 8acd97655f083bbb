import { z } from 'zod'

/** A mobile ID (모바일 신분증) as a phone carries it: whoever knows the issuer's key can check it without asking anybody. */
export const mobileIdSchema = z.strictObject({
  /** `M-000001`; of a temporary one `T-000001`, which is no final one's. */
  number: z.string().regex(/^[MT]-\d{6}$/),
  residentId: z.string().min(1).max(100),
  /** base64; the phone's own key, with which it proves that it is not a copy that is shown. */
  holderKeySpki: z.string().min(1).max(500),
  issuedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  /** 임시: to be replaced by a final one, or revoked. */
  temporary: z.boolean(),
  /** base64, of the issuer. */
  signature: z.string().min(1).max(200),
})

export type MobileId = z.output<typeof mobileIdSchema>

/** What the issuer signs. */
export function mobileIdSubject({
  signature: _,
  ...said
}: Omit<MobileId, 'signature'> & { signature?: string }) {
  return { action: 'issue-mobile-id', ...said }
}

/** What a phone signs to show that the ID is its own. */
export function showingSubject(shown: { readonly nonce: string; readonly number: string }) {
  return { action: 'show-mobile-id', ...shown }
}
