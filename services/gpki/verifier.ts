import { verify as verifySignature, X509Certificate } from 'node:crypto'
import type { Sabotaged } from '../common/sabotage.ts'
import { challengeText } from './challenge.ts'
import { mayBeUsedFor, purposeOf } from './purpose.ts'
import type { RevocationList } from './revocation-list.ts'
import { createUsedNonces } from './used-nonces.ts'

export interface Claim {
  /** base64 DER, the holder's own certificate first; the root may be left out. */
  readonly certificateChain: readonly string[]
  /** The system that the holder means to log in to. */
  readonly audience: string
  readonly nonce: string
  /** base64; ECDSA P-256 SHA-256 over the challenge's text, r and s side by side. */
  readonly signature: string
}

export type RejectionCode =
  | 'malformed'
  | 'unknown-issuer'
  | 'wrong-usage'
  | 'wrong-policy'
  | 'not-yet-valid'
  | 'expired'
  | 'revoked'
  | 'wrong-audience'
  | 'bad-signature'
  | 'nonce-used'

export type Verification =
  | { readonly outcome: 'verified'; readonly officialId: string; readonly serial: string }
  | { readonly outcome: 'rejected'; readonly code: RejectionCode; readonly reason: string }
  /** Nobody can be verified: it fails closed. */
  | { readonly outcome: 'unable'; readonly reason: string }

export interface Verifier {
  /** @param askedBy the system that asks; a signature for another is not for it to use */
  verify(claim: Claim, askedBy: string): Verification
}

/** The policy under which officials' certificates are issued; machines have another. */
export const officialsPolicy = '1.2.410.100001.2.1.1'

/** Holder, issuing authority, root: no longer path is issued here. */
const longestPath = 3
/** Authorities whose place below the root was checked already, at most. */
const knownAuthorities = 50

interface Path {
  readonly holder: X509Certificate
  readonly authority: X509Certificate
}

interface VerifierOptions {
  readonly root: X509Certificate
  /** The list in force; undefined when there is none that may be relied on. */
  readonly revocationList: () => RevocationList | undefined
  readonly sabotaged: Sabotaged
  /** Epoch ms. */
  readonly now: () => number
}

/**
 * Verifies what GPKI must: path up to the root, usage, policy, dates, revocation, and that the challenge was made for
 * whoever asks, signed with the certificate's key, and not verified here before.
 */
export function createVerifier(options: VerifierOptions): Verifier {
  const checkPath = createPathCheck(options)
  const checkRevocation = createRevocationCheck(options)
  const checkChallenge = createChallengeCheck(options)
  return {
    verify(claim, askedBy) {
      const path = pathOf(claim.certificateChain, options.root)
      if ('outcome' in path) return path
      return (
        checkPath(path) ??
        checkPurpose(path, options.sabotaged) ??
        checkDates([path.holder, path.authority, options.root], options) ??
        checkRevocation(path) ??
        checkChallenge(claim, path.holder, askedBy) ??
        verified(path.holder)
      )
    },
  }
}

function pathOf(chain: readonly string[], root: X509Certificate): Path | Verification {
  const certificates = parse(chain)
  if (certificates === undefined) return rejected('malformed', 'a certificate cannot be read')
  const path = certificates.filter(({ fingerprint256 }) => fingerprint256 !== root.fingerprint256)
  const [holder, authority] = path
  return holder === undefined || authority === undefined || path.length >= longestPath
    ? rejected('unknown-issuer', 'the chain must be the certificate and its issuing authority')
    : { holder, authority }
}

type Check<A extends readonly unknown[]> = (...args: A) => Verification | undefined

function createPathCheck({ root, sabotaged }: VerifierOptions): Check<[Path]> {
  const trusted = new Map<string, boolean>()

  function isBelowRoot(authority: X509Certificate): boolean {
    const known = trusted.get(authority.fingerprint256)
    if (known !== undefined) return known
    const ours = isIssuedBy(authority, root)
    if (trusted.size < knownAuthorities) trusted.set(authority.fingerprint256, ours)
    return ours
  }

  return ({ holder, authority }) =>
    (isIssuedBy(holder, authority) && isBelowRoot(authority)) || sabotaged('trusts-any-issuer')
      ? undefined
      : rejected('unknown-issuer', 'the chain does not end at the root')
}

/** A certificate to encrypt with, or of a machine, is genuine and yet nobody's to log in with. */
function checkPurpose({ holder }: Path, sabotaged: Sabotaged): Verification | undefined {
  const { keyUsage, policies } = purposeOf(holder)
  if (!keyUsage.has('digitalSignature') && !sabotaged('ignores-usage')) {
    return rejected('wrong-usage', 'the certificate is not for signatures')
  }
  if (!policies.has(officialsPolicy) && !sabotaged('ignores-policy')) {
    return rejected('wrong-policy', 'the certificate was not issued to an official')
  }
  return undefined
}

function checkDates(
  certificates: readonly X509Certificate[],
  { sabotaged, now }: VerifierOptions,
): Verification | undefined {
  if (sabotaged('ignores-validity')) return undefined
  for (const { validFrom, validTo } of certificates) {
    if (now() < Date.parse(validFrom)) return rejected('not-yet-valid', `it is valid only from ${validFrom}`)
    if (now() > Date.parse(validTo)) return rejected('expired', `it expired on ${validTo}`)
  }
  return undefined
}

function createRevocationCheck({ revocationList, sabotaged }: VerifierOptions): Check<[Path]> {
  /** Whose each list is, by the authority's fingerprint: a list speaks of one authority's certificates. */
  const issuers = new WeakMap<RevocationList, Map<string, boolean>>()

  function isOf(list: RevocationList, { fingerprint256, publicKey }: X509Certificate): boolean {
    const known = issuers.get(list) ?? new Map<string, boolean>()
    issuers.set(list, known)
    const isIts = known.get(fingerprint256) ?? list.isSignedBy(publicKey)
    if (known.size < knownAuthorities) known.set(fingerprint256, isIts)
    return isIts
  }

  return ({ holder, authority }) => {
    const list = revocationList()
    if (list === undefined) return { outcome: 'unable', reason: 'there is no revocation list in force' }
    // No reason to fail for everybody: whoever holds such a certificate could bring that about.
    const known = isOf(list, authority) || sabotaged('trusts-any-issuer') || sabotaged('any-revocation-list')
    if (!known) return rejected('unknown-issuer', 'there is no revocation list of its authority')
    return list.has(holder.serialNumber) && !sabotaged('ignores-revocation')
      ? rejected('revoked', 'the certificate was revoked')
      : undefined
  }
}

function createChallengeCheck({ sabotaged, now }: VerifierOptions): Check<[Claim, X509Certificate, string]> {
  const used = createUsedNonces(now)
  return (claim, holder, askedBy) => {
    if (claim.audience !== askedBy && !sabotaged('ignores-audience')) {
      return rejected('wrong-audience', `this was signed to log in to ${claim.audience}, not to ${askedBy}`)
    }
    const key = { key: holder.publicKey, dsaEncoding: 'ieee-p1363' as const }
    const signature = Buffer.from(claim.signature, 'base64')
    const isSigned = verifySignature('sha256', Buffer.from(challengeText(claim)), key, signature)
    if (!isSigned && !sabotaged('ignores-signature')) {
      return rejected('bad-signature', 'the challenge was not signed with the key of this certificate')
    }
    switch (sabotaged('replayed-nonce') || used.use(claim)) {
      case false:
        return rejected('nonce-used', 'this challenge was answered before')
      case 'full':
        return { outcome: 'unable', reason: 'no more challenges can be remembered' }
      default:
        return undefined
    }
  }
}

function verified(holder: X509Certificate): Verification {
  const { CN: officialId } = holder.toLegacyObject().subject as { CN?: unknown }
  return typeof officialId === 'string'
    ? { outcome: 'verified', officialId, serial: holder.serialNumber }
    : rejected('malformed', 'the certificate names nobody')
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
  return (
    issuer.ca &&
    mayBeUsedFor(issuer, 'keyCertSign') &&
    certificate.checkIssued(issuer) &&
    certificate.verify(issuer.publicKey)
  )
}
