import type { Journey } from 'saeol-chaos'

export const visitor: Journey = {
  name: 'visitor',
  title: 'a visitor is told which visit this is',
  users: 'visitors',
  entrance: 'visitor→counter',
  succeedsWith: ['told'],
  async run({ http }) {
    const answer = await http('GET', '/', { timeoutMs: 1000 })
    return answer.status === 200 ? 'told' : (answer.error ?? `status-${answer.status}`)
  },
}
