import type { Journey } from '../../harness/index.ts'
import { visitCounter } from './counter.ts'
import { anothersDocument, isWhatWasAsked } from './documents.ts'
import { outcomeOf } from './login.ts'
import { kindOfCase, type People, pick } from './people.ts'

/** S0, S4: a visitor at a community service centre leaves with a certificate, or at least with a numbered receipt. */
export const visitorAtCounter: Journey = {
  name: 'visitor-at-counter',
  title: 'visitors at the counter leave with a certificate or a receipt',
  entrance: 'official→community-centre',
  succeedsWith: ['certificate', 'receipt'],
  users: 'visitors',
  // † ours: one and a half scaled minutes at the counter; longer than a receipt takes, shorter than two officers do.
  servedWithinMs: 1500,
  async run({ http, data, index, random, step }) {
    const people = data as People
    const asked = { residentId: pick(people.residents, random), kind: kindOfCase(random, 0.5) }
    const key = `visit-${index}-${Math.floor(random() * 1e9)}`
    const { answer, given } = await step('visit', () => visitCounter(http, asked, key))
    if (given === undefined) return outcomeOf(answer)
    const { certificate, receipt } = given
    if (!isWhatWasAsked(certificate ?? receipt, asked)) return anothersDocument
    return receipt === undefined
      ? { outcome: 'certificate', took: `${certificate!.number}` }
      : { outcome: 'receipt', took: `${receipt.office}/${receipt.number}` }
  },
}
