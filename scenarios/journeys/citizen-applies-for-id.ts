import type { HttpAnswer, Journey } from '../../harness/index.ts'
import { outcomeOf, patienceMs } from './login.ts'
import { applyForId, approvedForIssuer, newPhone, type Shown, showId, verifier } from './mobile-ids.ts'
import type { Citizen, MobileId, People } from './people.ts'

/** One in so many loses the phone at once. */
const losesPhone = 8
/** Tries at the issuer, and at whoever takes lost phones. */
const attempts = 2

/** An ID of the temporary range that does not say so: at a counter it would pass for a final one. */
export const unmarked = 'temporary-unmarked'

/**
 * T12: a citizen wants a mobile ID and shows it at a counter. Some lose the phone, and report it: then the ID must end.
 */
export const citizenAppliesForId: Journey = {
  name: 'citizen-applies-for-id',
  title: 'citizens are given a mobile ID, and it counts at a counter',
  entrance: 'citizen→mobile-id',
  goesOnTo: [verifier],
  succeedsWith: ['issued', 'reported-lost'],
  users: 'applicants',
  // † ours: as long as on the portal, three scaled minutes.
  servedWithinMs: 3000,
  async run({ http, at, data, index, random, step, pause }) {
    const { citizens } = data as People
    const citizen = citizens[index % citizens.length]!
    const phone = await newPhone()
    let answer: HttpAnswer | undefined
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (attempt > 0) await pause(200 + 200 * random())
      answer = await step('apply', () => applyForId(http, citizen, phone))
      if (answer !== undefined && answer.status > 0 && answer.status < 500) break
    }
    const id = answer?.status === 201 || answer?.status === 200 ? answer.json<MobileId>() : undefined
    if (id === undefined) return answer === undefined ? 'no-challenge' : `apply-${outcomeOf(answer)}`
    const shown = await step('show', () => showId(at(verifier), id, phone))
    const seen = shown?.status === 200 ? shown.json<Shown>() : undefined
    if (seen === undefined) return shown === undefined ? 'show-no-challenge' : `show-${outcomeOf(shown)}`
    if (seen.residentId !== citizen.residentId) return 'anothers-id'
    if (seen.number?.startsWith('T-') === true && seen.temporary !== true) return unmarked
    const took = id.number
    if (index % losesPhone !== losesPhone - 1) return { outcome: 'issued', took }
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (attempt > 0) await pause(200 + 200 * random())
      const ended = await step('report', () => reportLost(citizen))
      if (ended !== undefined) return { outcome: 'reported-lost', took: ended }
    }
    return 'not-taken-as-lost'

    /** @returns the number that counts no more */
    async function reportLost(owner: Citizen): Promise<string | undefined> {
      const json = await approvedForIssuer(http, owner)
      if (json === undefined) return undefined
      const said = await http('POST', '/ids/lost', { json, timeoutMs: patienceMs })
      return said.status === 200 ? said.json<{ revoked?: string }>()?.revoked : undefined
    }
  },
}
