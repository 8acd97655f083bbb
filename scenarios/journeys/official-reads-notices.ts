import type { Journey } from '../../harness/index.ts'
import { outcomeOf, patienceMs } from './login.ts'

const attempts = 3
const downloads = ['guide', 'cooperation', 'fixed-date-rules']

/** T10: the pop-ups every official met that morning, and what hung on them to download. Reloaded when they do not come. */
export const officialReadsNotices: Journey = {
  name: 'official-reads-notices',
  title: 'officials open notices and downloads',
  entrance: 'official→front',
  succeedsWith: ['read'],
  users: 'readers of notices',
  async run({ http, random, step, pause }) {
    const path =
      random() < 1 / 3 ? `/downloads/${downloads[Math.floor(random() * downloads.length)]}` : '/notices'
    let outcome = 'never-tried'
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (attempt > 0) await pause(100 + 200 * random())
      const answer = await step('read', () => http('GET', path, { timeoutMs: patienceMs }))
      if (answer.status === 200) return 'read'
      outcome = outcomeOf(answer)
      // Being told that it was turned away for the sake of certificates, an official does not insist.
      if (outcome === 'shed') break
    }
    return outcome
  },
}
