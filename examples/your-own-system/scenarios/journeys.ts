import type { Journey } from 'saeol-chaos'

export const buyer: Journey = {
  name: 'buyer',
  title: 'a buyer looks whether any are left',
  entrance: 'buyer→front',
  succeedsWith: ['told'],
  async run({ http }) {
    const answer = await http('GET', '/', { timeoutMs: 1000 })
    return answer.status === 200 ? 'told' : (answer.error ?? `status-${answer.status}`)
  },
}
