/** Every journey; load drivers import this module and find journeys by name. */
export { attackerOnFallback } from './attacker-on-fallback.ts'
export { citizenUsesGov24 } from './citizen-uses-gov24.ts'
export { clerkBackdates } from './clerk-backdates.ts'
export { officialInsistsOnCertificate } from './official-insists-on-certificate.ts'
export { officialIssuesCertificate } from './official-issues-certificate.ts'
export { officialReadsNotices } from './official-reads-notices.ts'
export { statusPage } from './status-page.ts'
export { visitorAtCounter } from './visitor-at-counter.ts'
