import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startSituationRoom } from '../../../services/situation-room/app.ts'
import { type Link, startLink } from '../link.ts'
import { type Ground, manual, startGround, until } from './a-centre.ts'

let ground: Ground
let network: Ground['network']
let receiptsFile: Ground['receiptsFile']
let officeIds: Ground['officeIds']
let startCentre: Ground['startCentre']

beforeAll(async () => {
  ground = await startGround()
  ;({ network, receiptsFile, officeIds, startCentre } = ground)
})
afterAll(() => ground?.[Symbol.asyncDispose]())

describe('the entry of receipts', () => {
  /** Writes receipts while the link is cut; returns when it carries again. */
  async function duringOutage(
    link: Pick<Link, 'set'>,
    centre: { visit(key: string): Promise<unknown> },
    visits: number,
  ): Promise<Date> {
    const began = new Date()
    await link.set('cut')
    await Promise.all(Array.from({ length: visits }, (_, index) => centre.visit(`visit-${index}`)))
    await link.set('pass')
    return began
  }

  test.each([1, 4])(
    'enters each exactly once, by two clerks with %i under way each, under its own date',
    async (entriesAtOnce) => {
      await using saeol = await network.startSaeol()
      await using link = await startLink(saeol.url)
      await using centre = await startCentre(link.url, manual({ entriesAtOnce }))
      const from = await duringOutage(link, centre, 24)
      await saeol.declareOutage({ office: '*', from, to: new Date() })
      await until(() => centre.events.some(({ event }) => event === 'receipts.drained'))

      const receipts = await centre.receipts()
      expect(receipts.map(({ state }) => state)).toEqual(Array(24).fill('entered'))
      const entries = await saeol.database.query<Record<string, unknown>>(
        `select office, receipt_number as number, received_on, clerk, verifier from retroactive_entries`,
      )
      expect(entries).toHaveLength(24)
      const received = new Map(entries.map((entry) => [`${entry.office}/${entry.number}`, entry]))
      for (const { office, number, receivedOn } of receipts) {
        expect(received.get(`${office}/${number}`)?.received_on).toEqual(new Date(receivedOn))
      }
      for (const { clerk, verifier } of entries) expect(clerk).not.toBe(verifier)
      const enteredEvents = centre.events.filter(({ event }) => event === 'receipt.entered')
      expect(new Set(enteredEvents.map(({ office, number }) => `${office}/${number}`)).size).toBe(24)
      expect(enteredEvents).toHaveLength(24)
      // Both clerks of an office were at it: each of them logged in.
      const perOffice = await saeol.database.query(
        'select office from sessions group by office having count(distinct official) >= 2',
      )
      expect(perOffice).toHaveLength(officeIds().length)
      expect(centre.events.at(-1)).toMatchObject({ event: 'receipts.drained', entered: 24, rejected: 0 })
    },
  )

  test('waits for the outage to be declared, and rejects with the reason what never is', async () => {
    await using saeol = await network.startSaeol()
    await using link = await startLink(saeol.url)
    await using centre = await startCentre(link.url, manual({ windowPatienceMs: 1_500 }))
    const [declared, forgotten] = officeIds()
    const from = await duringOutage(link, centre, 4)
    await until(() => saeol.events.some(({ event }) => event === 'entry.refused'))
    await saeol.declareOutage({ office: declared!, from, to: new Date() })
    await until(() => centre.events.some(({ event }) => event === 'receipts.drained'))
    const outcomes = (await centre.receipts()).map(
      ({ office, state, reason }) => `${office} ${state} ${reason}`,
    )
    expect(outcomes.sort()).toEqual(
      [
        `${declared} entered undefined`,
        `${declared} entered undefined`,
        `${forgotten} rejected outside-window`,
        `${forgotten} rejected outside-window`,
      ].sort(),
    )
  })

  test('of a trouble that is the centre’s own: it says so, two officers declare it for that office', async () => {
    await using saeol = await network.startSaeol()
    await using link = await startLink(saeol.url)
    await using _room = await startSituationRoom(
      { PORT: '0', SAEOL_URL: saeol.url, GPKI_URL: network.gpkiUrl, ...network.roomFiles },
      { write: () => {} },
    )
    await using centre = await startCentre(link.url, manual())
    const [office] = officeIds()
    await link.set('cut')
    for (const key of ['visit-1', 'visit-2', 'visit-3']) await centre.visit(key, { office })
    await link.set('pass')
    await until(() => centre.events.some(({ event }) => event === 'receipts.drained'))
    const receipts = await centre.receipts()
    expect(receipts.map(({ state }) => state)).toEqual(Array(3).fill('entered'))
    const [first, , last] = receipts
    expect(await saeol.database.query('select office, from_at, to_at from outage_windows')).toEqual([
      { office, from_at: new Date(first!.receivedOn), to_at: new Date(last!.receivedOn) },
    ])
    const kinds = await saeol.database.query<{ kind: string }>('select kind from audit order by seq')
    expect(kinds.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['trouble.reported', 'outage-window.declared', 'entry.made']),
    )
  })

  test('does not begin before every link that a login needs is whole', async () => {
    await using gpki = await startLink(network.gpkiUrl)
    await using saeol = await network.startSaeol({ GPKI_URL: gpki.url, MEASURE_DEADLINES: '{"hopMs":200}' })
    await using centre = await startCentre(saeol.url, manual({ budgetMs: 500 }))
    const from = new Date()
    await gpki.set('cut')
    await centre.visit('visit-1')
    await saeol.declareOutage({ office: '*', from, to: null })
    const logins = () => saeol.database.query('select nonce from login_challenges')
    const before = await logins()
    await sleep(500)
    expect(await centre.receipts()).toMatchObject([{ state: 'pending' }])
    expect(await logins()).toEqual(before)
    await gpki.set('pass')
    await until(async () => (await centre.receipts())[0]!.state === 'entered')
  })

  test('goes on after a restart', async () => {
    const file = receiptsFile()
    await using saeol = await network.startSaeol()
    const from = new Date()
    {
      await using centre = await startCentre('http://127.0.0.1:9', { ...manual(), RECEIPTS_FILE: file })
      expect((await centre.visit('visit-1')).status).toBe(202)
    }
    await saeol.declareOutage({ office: '*', from, to: null })
    await using centre = await startCentre(saeol.url, { ...manual(), RECEIPTS_FILE: file })
    await until(async () => (await centre.receipts())[0]!.state === 'entered')
    expect(await saeol.database.query('select 1 as one from retroactive_entries')).toEqual([{ one: 1 }])
  })
})
