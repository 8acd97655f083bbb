import type { Journey } from '../../harness/index.ts'
import { patienceMs } from './login.ts'
import type { People } from './people.ts'
import { sign } from './signatures.ts'

/** Somebody announces a document in the ministry's name, signed with a key of their own. Must be refused. */
export const forgerOfDocuments: Journey = {
  name: 'forger-of-documents',
  title: 'somebody announces a document in a ministry’s name',
  entrance: 'outsider→exchange-district',
  succeedsWith: ['refused', 'no-answer'],
  users: 'forgers',
  successIs: 'turned away',
  async run({ http, data, index }) {
    const manifest = {
      caseId: 'case-0',
      digest: '0'.repeat(64),
      id: `forged-${index}`,
      length: 1,
      receiver: 'district',
      sender: 'ministry',
    }
    const { privateKeyPkcs8 } = (data as People).dutyOfficers[0]!
    // In the form that the exchange checks: canonical JSON, keys in their order.
    const signature = await sign(privateKeyPkcs8, JSON.stringify({ action: 'send-document', ...manifest }))
    const answer = await http('POST', '/transfers', { json: { manifest, signature }, timeoutMs: patienceMs })
    if (answer.status === 0 || answer.status >= 500) return 'no-answer'
    return answer.status === 401 ? 'refused' : 'let-in'
  },
}
