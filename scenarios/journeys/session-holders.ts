/** Who has a session, who wants one, and who leaves one behind. */
import type { HttpAnswer, Journey, Visit } from '../../harness/index.ts'
import { anothersDocument, type Document, isWhatWasAsked } from './documents.ts'
import { gpkiLogin, outcomeOf, patienceMs } from './login.ts'
import { activeOfficial, kindOfCase, type Official, type People, pick } from './people.ts'

/** The outcome of a visit whose session turned out to be somebody else's. */
export const anothersSession = 'anothers-session'
/** A refusal that does not say when to come back. */
export const refusedWithoutWhen = 'refused-without-when'

/** Cases of one official, one after the other. */
const cases = 8
const betweenCasesMs = 900

/** F6: an official is logged in and serves one visitor after the other; whoever loses the session logs in again. */
export const officialWorksOn: Journey = {
  name: 'official-works-on',
  title: 'officials who are logged in serve visitor after visitor',
  entrance: 'official→front',
  succeedsWith: ['worked'],
  users: 'logged-in officials',
  async run(visit) {
    const official = activeOfficial(visit.data as People, visit.index)
    let token: string | undefined
    let thrownOut = false
    for (let n = 0; n < cases; n++) {
      if (n > 0) await visit.pause(betweenCasesMs)
      if (token === undefined) {
        const entered = await visit.step('login', () => gpkiLogin(visit.http, official))
        if (entered.session === undefined) return thrownOut ? 'thrown-out' : `login-${entered.why}`
        token = entered.session
      }
      const served = await visit.step('certificate', () => serveOne(visit, official, token!, n))
      if (served === 'no-session') {
        thrownOut = true
        token = undefined
      } else if (served !== 'issued') return served
    }
    if (token !== undefined) await logOut(visit, token)
    return thrownOut ? 'thrown-out' : 'worked'
  },
}

/** F6: an official logs in, serves one visitor, and logs out; where the store is full, is told when to come back. */
export const officialComesLate: Journey = {
  name: 'official-comes-late',
  title: 'officials log in, serve a visitor and log out, or are told when to come back',
  entrance: 'official→front',
  succeedsWith: ['issued', 'told-when'],
  users: 'officials who come later',
  async run(visit) {
    const official = activeOfficial(visit.data as People, visit.index)
    const entered = await visit.step('login', () => logInOrBeTold(visit, official))
    if (typeof entered === 'string') return entered
    const served = await visit.step('certificate', () => serveOne(visit, official, entered.token, 0))
    if (served !== 'issued') return served
    await logOut(visit, entered.token)
    return 'issued'
  },
}

/** F6: each window of a browser logs in anew, and is closed without logging out. */
export const browserOpensWindows: Journey = {
  name: 'browser-opens-windows',
  title: 'windows that log in and are left behind',
  entrance: 'official→front',
  succeedsWith: ['logged-in', 'told-when'],
  users: 'windows',
  async run(visit) {
    const official = activeOfficial(visit.data as People, visit.index)
    const entered = await visit.step('login', () => logInOrBeTold(visit, official))
    return typeof entered === 'string' ? entered : 'logged-in'
  },
}

/** @returns the session's token, or what became of the try */
async function logInOrBeTold(visit: Visit, official: Official): Promise<{ token: string } | string> {
  let last: HttpAnswer | undefined
  const entered = await gpkiLogin(async (...asked) => {
    last = await visit.http(...asked)
    return last
  }, official)
  if (entered.session !== undefined) return { token: entered.session }
  if (entered.why !== 'sessions-full') return `login-${entered.why}`
  return Number(last?.header('retry-after')) >= 1 ? 'told-when' : refusedWithoutWhen
}

/** Whose session it is, and then a certificate with it. */
async function serveOne(visit: Visit, official: Official, token: string, n: number): Promise<string> {
  const { http, index, random } = visit
  const headers = { authorization: `Bearer ${token}` }
  const own = await http('GET', '/session', { headers, timeoutMs: patienceMs })
  if (own.status !== 200) return outcomeOf(own)
  if (own.json<{ officialId?: string }>()?.officialId !== official.id) return anothersSession
  const residentId = pick((visit.data as People).residents, random)
  const kind = kindOfCase(random)
  const key = `case-${index}-${n}-${Math.floor(random() * 1e9)}`
  const answer = await http('POST', '/certificates', {
    json: { kind, residentId },
    headers: { ...headers, 'idempotency-key': key },
    timeoutMs: patienceMs,
  })
  if (answer.status !== 201) return outcomeOf(answer)
  return isWhatWasAsked(answer.json<Document>(), { residentId, kind }) ? 'issued' : anothersDocument
}

async function logOut({ http }: Visit, token: string): Promise<void> {
  await http('DELETE', '/session', { headers: { authorization: `Bearer ${token}` }, timeoutMs: patienceMs })
}
