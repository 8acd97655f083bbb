import type { Journey } from '../../harness/index.ts'
import { forgedAddresses } from './password-attempts.ts'
import { pick } from './people.ts'

/** What it says of where it comes from: anywhere, or the lines that bidders come by. */
const saidAddresses = [...forgedAddresses, 'offices/127.0.0.1', 'outside/127.0.0.1']

/** T11: one source abroad asks for the list of tenders, over and over; it waits for no answer for long, and never leaves. */
export const floodFromAbroad: Journey = {
  name: 'flood-from-abroad',
  title: 'one source abroad asks for the list of tenders, over and over',
  entrance: 'source-abroad→procurement-front',
  succeedsWith: ['turned-away', 'no-answer'],
  users: 'requests of the flood',
  successIs: 'turned away',
  async run({ http, random }) {
    const headers = { 'x-forwarded-for': pick(saidAddresses, random) }
    const { status } = await http('GET', '/tenders', { headers, timeoutMs: 1000 })
    if (status === 0) return 'no-answer'
    return status === 200 ? 'answered' : 'turned-away'
  },
}
