/**
 * Deliberate defects, off unless SABOTAGE names them. The harness trusts a guard only after it has seen the
 * guard notice the defect it stands for.
 */
export const sabotageNames = [
  'accepts-any-password',
  'accepts-replayed-code',
  'opens-on-client-header',
  'wrong-code',
  'old-code',
  'any-terminal',
  'disabled-lets-in',
  'low-assurance-may-do-all',
  'no-throttle',
  'audits-before-throttle',
  'throttle-tells-terminal',
  'trusts-client-address',
  'close-in-name-only',
  'clears-at-once',
  'rings-once',
  'tests-with-short-requests',
  'declares-untested',
  'sessions-outlive-close',
  'one-approval',
  'forged-approval',
  'one-vantage-point',
  'old-evidence',
  'believes-vantage-points',
  'open-for-days',
  'unapproved-outage',
  'outage-to-come',
  'reused-key',
  'ignores-revocation',
  'stale-revocation-list',
  'ignores-next-update',
  'ignores-signature',
  'ignores-audience',
  'ignores-usage',
  'ignores-policy',
  'ignores-validity',
  'ignores-status',
  'trusts-any-issuer',
  'replayed-nonce',
  'unsealed-challenge',
  'old-challenge',
  'locks-accounts-globally',
  'audit-drops-record',
  'truncates-audit',
  'incomplete-audit',
  'unaudited-entries',
  'unaudited-refusals',
  'unaudited-use',
  'loses-receipts',
  'rejects-receipts',
  'sends-home',
  'overwrites-received-on',
  'entry-differs',
  'enters-twice',
  'orders-by-entry',
  'backdates-anywhere',
  'early-window',
  'outage-over-early',
  'declares-everywhere',
  'keeps-trouble-quiet',
  'accepts-future',
  'any-number',
  'verifier-not-checked',
  'receipt-and-certificate',
  'swapped-document',
  'shares-visits',
  'swapped-answers',
  'anybodys-entry',
  'open-portal',
  'replayed-approval',
  'accepts-any-approval',
  'ignores-audience-of-approval',
  'forgets-applications',
  'unlogged-look-ups',
  'open-admin',
  'revokes-for-anybody',
  'issues-twice',
  'forgets-certificates',
  'probes-with-short-requests',
  'health-looks-deep',
  'opens-early',
  'shows-sealed-bids',
  'accepts-late-bids',
  'loses-bids',
  'two-bids-each',
  'extends-twice',
  'extends-open-only',
  'extends-unmeasured',
] as const

export type SabotageName = (typeof sabotageNames)[number]

/** Asked at exactly the line a sabotage breaks. */
export type Sabotaged = (name: SabotageName) => boolean

/** @param names a comma list, as in the variable SABOTAGE; already checked by the configuration */
export function createSabotage(names: readonly SabotageName[]): Sabotaged {
  const active = new Set(names)
  return (name) => active.has(name)
}

export function isSabotageName(name: string): name is SabotageName {
  return (sabotageNames as readonly string[]).includes(name)
}
