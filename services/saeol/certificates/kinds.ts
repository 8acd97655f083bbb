import { z } from 'zod'

/**
 * What Saeol issues: 주민등록등본, 주민등록초본, 인감증명서, 확정일자. Only the last is worth more the earlier it was
 * received (see ledger/schema.ts).
 */
export const certificateKind = z.enum(['resident-registration', 'resident-abstract', 'seal', 'fixed-date'])

export type CertificateKind = z.output<typeof certificateKind>
