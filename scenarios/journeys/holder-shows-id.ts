import type { Journey } from '../../harness/index.ts'
import { outcomeOf } from './login.ts'
import { type Shown, showId, verifier } from './mobile-ids.ts'
import type { People } from './people.ts'

/** T12: existing IDs work. Somebody shows theirs at a counter. */
export const holderShowsId: Journey = {
  name: 'holder-shows-id',
  title: 'citizens show the mobile ID that they have',
  entrance: verifier,
  succeedsWith: ['accepted'],
  users: 'holders',
  successIs: 'accepted',
  async run({ http, data, index, step }) {
    const { holders } = data as People
    const holder = holders[index % holders.length]!
    const answer = await step('show', () => showId(http, holder.id, holder))
    if (answer === undefined) return 'no-challenge'
    if (answer.status !== 200) return outcomeOf(answer)
    return answer.json<Shown>()?.residentId === holder.residentId ? 'accepted' : 'taken-for-another'
  },
}
