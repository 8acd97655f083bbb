import { verify as verifySignature, X509Certificate } from 'node:crypto'
import type { Sabotaged } from '../common/sabotage.ts'
import type { RevocationList } from './revocation-list.ts'

export interface Claim {
  /** base64 DER, the holder's own certificate first; the root may be left out. */
  readonly certificateChain: readonly string[]
  readonly nonce: string
  /** base64; ECDSA P-256 SHA-256 over the nonce, r and s side by side. */
  readonly signature: string
}

export type RejectionCode =
  | 'malformed'
  | 'unknown-issuer'
  | 'not-yet-valid'
  | 'expired'
  | 'revoked'
  | 'bad-signature'

export type Verification =
  | { readonly outcome: 'verified'; readonly officialId: string; readonly serial: string }
  | { readonly outcome: 'rejected'; readonly code: RejectionCode; readonly reason: string }
  /** Nobody can be verified: it fails closed. */
  | { readonly outcome: 'unable'; readonly reason: string }

export interface Verifier {
  verify(claim: Claim): Verification
}

/** Holder, issuing authority, root: no longer path is issued here. */
const longestPath = 3
/** Authorities whose place below the root was checked already, at most. */
const knownAuthorities = 50

/**
 * Verifies what GPKI must: path up to the root, dates, revocation, and that the nonce was signed with the
 * certificate's key.
 * @param now epoch ms
 */
export function createVerifier(options: {
  readonly root: X509Certificate
  readonly revocationList: RevocationList
  readonly sabotaged: Sabotaged
  readonly now: () => number
}): Verifier {
  const { root, revocationList, sabotaged, now } = options
  const trusted = new Map<string, boolean>()

  /** Whether the certificate's authority stands below our root and signed the revocation list. */
  function isOurAuthority(authority: X509Certificate): boolean {
    const known = trusted.get(authority.fingerprint256)
    if (known !== undefined) return known
    const ours = isIssuedBy(authority, root) && revocationList.isSignedBy(authority.publicKey)
    if (trusted.size < knownAuthorities) trusted.set(authority.fingerprint256, ours)
    return ours
  }

  return {
    verify({ certificateChain, nonce, signature }) {
      const chain = parse(certificateChain)
      if (chain === undefined) return rejected('malformed', 'a certificate cannot be read')
      const path = chain.filter((certificate) => certificate.fingerprint256 !== root.fingerprint256)
      const [holder, authority] = path
      if (holder === undefined || authority === undefined || path.length >= longestPath) {
        return rejected('unknown-issuer', 'the chain must be the certificate and its issuing authority')
      }
      if (!isIssuedBy(holder, authority) || !isOurAuthority(authority)) {
        return rejected('unknown-issuer', 'the chain does not end at the root')
      }
      for (const certificate of [holder, authority, root]) {
        if (now() < Date.parse(certificate.validFrom)) {
          return rejected('not-yet-valid', `it is valid only from ${certificate.validFrom}`)
        }
        if (now() > Date.parse(certificate.validTo)) {
          return rejected('expired', `it expired on ${certificate.validTo}`)
        }
      }
      if (now() > revocationList.nextUpdate) {
        return { outcome: 'unable', reason: 'the revocation list is out of date' }
      }
      if (revocationList.has(holder.serialNumber) && !sabotaged('ignores-revocation')) {
        return rejected('revoked', 'the certificate was revoked')
      }
      const key = { key: holder.publicKey, dsaEncoding: 'ieee-p1363' as const }
      if (!verifySignature('sha256', Buffer.from(nonce), key, Buffer.from(signature, 'base64'))) {
        return rejected('bad-signature', 'the nonce was not signed with the key of this certificate')
      }
      const { CN: officialId } = holder.toLegacyObject().subject as { CN?: unknown }
      if (typeof officialId !== 'string') return rejected('malformed', 'the certificate names nobody')
      return { outcome: 'verified', officialId, serial: holder.serialNumber }
    },
  }
}

function rejected(code: RejectionCode, reason: string): Verification {
  return { outcome: 'rejected', code, reason }
}

function parse(chain: readonly string[]): X509Certificate[] | undefined {
  try {
    return chain.map((certificate) => new X509Certificate(Buffer.from(certificate, 'base64')))
  } catch {
    return undefined
  }
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)
}
