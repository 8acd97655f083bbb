import type { Journey } from '../../harness/index.ts'
import { officialIssuesCertificate } from './official-issues-certificate.ts'

/** T9, F14: the same official, on a day on which whoever takes long keeps a queue waiting. */
export const officialOnMonday: Journey = {
  ...officialIssuesCertificate,
  name: 'official-on-monday',
  title: 'officials log in and issue a certificate, with a queue behind each visitor',
  // † ours: four times what a visit takes when nobody waits.
  servedWithinMs: 800,
}
