import type { Journey } from '../../harness/index.ts'
import { outcomeOf } from './login.ts'

/** T13: what the status page asks. It says that Saeol answers, and nothing of whether an official can log in. */
export const statusPage: Journey = {
  name: 'status-page',
  title: 'the status page asks for Saeol’s health',
  entrance: 'official→front',
  succeedsWith: ['green'],
  async run({ http, step }) {
    const answer = await step('health', () => http('GET', '/health', { timeoutMs: 2000 }))
    if (answer.status === 200) return 'green'
    return answer.status === 0 ? outcomeOf(answer) : 'red'
  },
}
