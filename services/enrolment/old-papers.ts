import { mockAuditKey } from '../saeol/audit/chain.ts'
import { createSigner, type Paper, receiptSubject } from '../saeol/ledger/papers.ts'
import { sealedChallenge } from '../saeol/login/challenges.ts'
import { seededBytes } from './seeded.ts'

/**
 * A receipt that an office's counter really wrote, sealed and all, a month before the outage, when nothing was out of
 * order. It must not be entered: its date is no date of an outage.
 */
export function writeOldPaper(counter: { readonly office: string; readonly privateKeyPkcs8: string }) {
  const { office, privateKeyPkcs8 } = counter
  const paper: Paper = {
    office,
    receiptNumber: '20231017-000000',
    receivedOn: new Date('2023-10-17T10:00:00+09:00'),
    residentId: 'resident-000001',
    kind: 'fixed-date',
    visit: `old-paper-${office}`,
  }
  const { action: _, ...fields } = receiptSubject(paper)
  return { ...fields, seal: createSigner(privateKeyPkcs8)(receiptSubject(paper)) }
}

/** A challenge that Saeol made a month before the outage, and nobody answered: it must not be answered any more. */
export function oldChallengeOf(seed: string): string {
  const expiredAt = Date.parse('2023-10-17T10:00:00+09:00')
  return sealedChallenge(expiredAt, mockAuditKey, seededBytes(seed, 'old challenge', 32))
}
