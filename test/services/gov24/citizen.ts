import { createHmac } from 'node:crypto'
import { enrolled } from '../../../services/enrolment/cache.ts'
import { type People, readPeople } from '../../../services/enrolment/people.ts'
import { approvalText } from '../../../services/simple-auth/approval.ts'
import { enrolmentOfTests } from '../fallback/network.ts'
import { send } from '../network.ts'

export type Citizen = People['citizens'][number]

/** @param number from 1 */
export async function citizenOf(number: number): Promise<Citizen> {
  const { peopleFile } = await enrolled(enrolmentOfTests)
  return (await readPeople(peopleFile)).citizens[number - 1]!
}

export async function challengeOf(url: string): Promise<string> {
  return String((await send(`${url}/login/challenge`, {})).body.nonce)
}

/** What the citizen's phone makes of a challenge. */
export function approve({ residentId, secret }: Citizen, nonce: string, audience = 'gov24') {
  const text = approvalText({ audience, nonce, residentId })
  const proof = createHmac('sha256', Buffer.from(secret, 'base64')).update(text).digest('base64')
  return { audience, nonce, residentId, proof }
}

/** @returns the token of a new session of a citizen, the first if no other is named */
export async function logIn(url: string, number = 1): Promise<string> {
  const body = approve(await citizenOf(number), await challengeOf(url))
  const answer = await send(`${url}/login`, body)
  if (answer.status !== 200) throw new Error(`login: ${answer.status} ${JSON.stringify(answer.body)}`)
  return String(answer.body.session)
}
