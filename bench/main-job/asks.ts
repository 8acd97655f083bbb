import type { Journey } from '../../harness/index.ts'

export const asks: Journey = {
  name: 'asks',
  title: 'asks once',
  entrance: 'user→server',
  succeedsWith: ['ok'],
  async run({ http }) {
    return (await http('GET', '/')).status === 200 ? 'ok' : 'failed'
  },
}
