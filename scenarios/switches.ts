/** Defects of the mock network's services that can be switched on while they run. */
import { readFile } from 'node:fs/promises'
import type { ServiceSwitch, System } from '../harness/index.ts'
import { mockTokenOf } from '../services/common/callers.ts'
import { mockGov24OperatorToken } from '../services/gov24/config.ts'
import { mockStorageOperatorToken } from '../services/id-storage/config.ts'
import type { Citizen, People } from './journeys/people.ts'
import { approvedLogin } from './journeys/portal.ts'

/** How many of the portal's citizens look at their pages at once. */
const lookers = 8

async function asked<T>(url: string, init: RequestInit): Promise<T> {
  const answer = await fetch(url, init)
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${new URL(url).pathname} answered ${answer.status}: ${text.slice(0, 300)}`)
  return JSON.parse(text) as T
}

const post = (body: object, signal: AbortSignal): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
  signal,
})

async function logIn(portal: string, citizen: Citizen, signal: AbortSignal): Promise<string> {
  const { nonce } = await asked<{ nonce: string }>(`${portal}/login/challenge`, post({}, signal))
  const body = await approvedLogin(citizen, nonce)
  return (await asked<{ session: string }>(`${portal}/login`, post(body, signal))).session
}

/** Past the links, as an operator who shows this token. */
function switchedBy(service: string, name: string, token: string): ServiceSwitch['set'] {
  return async (running, on, signal) => {
    await asked(`${running.direct(service)}/switches/${name}`, {
      ...post({ on }, signal),
      method: 'PATCH',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    })
  }
}

/** Answers that are on their way at once are handed to each other's citizens (F15). */
const crossedAnswers: ServiceSwitch = {
  summary: 'pages that are put together at once are handed to the wrong citizens (F15)',
  set: switchedBy('gov24', 'crossed-answers', mockGov24OperatorToken),
  /** Each asks whose page it is. No document: whether those are looked at before they leave is another matter. */
  async probe(running, signal) {
    const portal = running.link('citizen→gov24').url
    const { citizens } = JSON.parse(await readFile(running.files.people!, 'utf8')) as People
    const own = await Promise.all(
      citizens.slice(0, lookers).map(async (citizen) => {
        const session = await logIn(portal, citizen, signal)
        return { residentId: citizen.residentId, headers: { authorization: `Bearer ${session}` } }
      }),
    )
    const wrong = await Promise.all(
      own.map(async ({ residentId, headers }) => {
        const page = await asked<{ residentId: string }>(`${portal}/session`, { headers, signal })
        return page.residentId !== residentId
      }),
    )
    const others = wrong.filter(Boolean).length
    return { bites: others > 0, said: `${others} of ${own.length} citizens at once saw another's page` }
  },
}

/** The list of who may have something kept: the issuer of mobile IDs is on it no more (T12). */
const wrongAccessList: ServiceSwitch = {
  summary: 'the storage of mobile IDs turns the issuer away (T12)',
  set: switchedBy('id-storage', 'wrong-access-list', mockStorageOperatorToken),
  /** As the issuer, with what is no ID: who is listed is told so. */
  async probe(running, signal) {
    const answer = await fetch(`${running.link('mobile-id→id-storage').url}/ids`, {
      ...post({}, signal),
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${mockTokenOf('mobile-id')}`,
      },
    })
    const text = await answer.text()
    if (answer.status !== 403 && answer.status !== 400)
      throw new Error(`the storage answered ${answer.status}: ${text.slice(0, 300)}`)
    const bites = answer.status === 403
    return { bites, said: bites ? 'it turned the issuer away' : 'it heard the issuer' }
  },
}

export const switches: NonNullable<System['switches']> = {
  gov24: { 'crossed-answers': crossedAnswers },
  'id-storage': { 'wrong-access-list': wrongAccessList },
}
