import { Problem } from '../common/problem.ts'
import type { Sabotaged } from '../common/sabotage.ts'
import { type MobileId, mobileIdSubject, showingSubject } from '../mobile-id/document.ts'
import { createSignatureCheck } from '../saeol/ledger/papers.ts'

/** Whether an ID that is shown counts, with the issuer's key alone. */
export type IdCheck = (shown: {
  readonly id: MobileId
  readonly nonce: string
  /** base64; what the phone made of the nonce. */
  readonly proof: string
}) => void

/**
 * @param issuerKeySpki base64
 * @param now epoch ms
 * @returns a check that throws Problem 422 with what is wrong: `not-by-the-issuer`, `expired`, `not-the-holder`
 */
export function createIdCheck(issuerKeySpki: string, sabotaged: Sabotaged, now: () => number): IdCheck {
  const isIssuers = createSignatureCheck(issuerKeySpki)
  return ({ id, nonce, proof }) => {
    if (!isIssuers(mobileIdSubject(id), id.signature) && !sabotaged('believes-any-issuer'))
      throw new Problem(422, 'not-by-the-issuer', 'the issuer did not sign this ID')
    const endsAt = sabotaged('reads-wrong-date') ? id.issuedAt : id.expiresAt
    if (Date.parse(endsAt) <= now() && !sabotaged('ignores-expiry'))
      throw new Problem(422, 'expired', `it ended at ${id.expiresAt}`)
    if (!isHolders(id, nonce, proof) && !sabotaged('any-holder'))
      throw new Problem(422, 'not-the-holder', 'the phone that shows it is not the one that it was issued to')
  }
}

function isHolders({ holderKeySpki, number }: MobileId, nonce: string, proof: string): boolean {
  try {
    return createSignatureCheck(holderKeySpki)(showingSubject({ nonce, number }), proof)
  } catch {
    // What a phone gave for its key need not be one.
    return false
  }
}
