import { beforeAll, describe, expect, it } from 'vitest'
import { mockTokenOf } from '../../../services/common/callers.ts'
import { enrolled } from '../../../services/enrolment/cache.ts'
import { readPeople } from '../../../services/enrolment/people.ts'
import { startIdStorage } from '../../../services/id-storage/app.ts'
import { readIdStorageConfig } from '../../../services/id-storage/config.ts'
import { openStore } from '../../../services/id-storage/store.ts'
import { openBook } from '../../../services/mobile-id/book.ts'
import { readMobileIdConfig } from '../../../services/mobile-id/config.ts'
import type { MobileId } from '../../../services/mobile-id/document.ts'
import { enrolmentOfTests } from '../fallback/network.ts'
import { type Citizen, citizenOf } from '../gov24/citizen.ts'
import { until } from '../gov24/portal.ts'
import { send } from '../network.ts'
import { newPhone, startOffice } from './office.ts'

let citizen: Citizen
let neighbour: Citizen
beforeAll(async () => {
  ;[citizen, neighbour] = await Promise.all([citizenOf(1), citizenOf(2)])
})

/** With a short pause, so that a test does not wait for it. */
const temporary = { MEASURE_TEMPORARY_ISSUANCE: '{"longestPauseMs":20}' }

describe('the issuer', () => {
  it('gives a phone an ID that the storage keeps and a verifier accepts, of whom the register knows', async () => {
    await using office = await startOffice()
    const phone = newPhone()
    const given = await office.apply(citizen, phone)
    const id = given.body as unknown as MobileId
    expect(given).toMatchObject({
      status: 201,
      body: { number: 'M-000001', residentId: citizen.residentId, temporary: false },
    })
    expect(await office.stored()).toEqual([id])
    expect(await office.book()).toEqual([{ id, state: 'stored' }])
    expect(office.lookedUp).toEqual([`${citizen.residentId} ${citizen.residentId}`])
    expect(await office.show(id, phone)).toMatchObject({
      status: 200,
      body: { number: 'M-000001', residentId: citizen.residentId, temporary: false },
    })
  })

  it('gives the same phone the same ID, and another phone none before the first is lost', async () => {
    await using office = await startOffice()
    const [phone, other] = [newPhone(), newPhone()]
    const first = await office.apply(citizen, phone)
    expect(await office.apply(citizen, phone)).toMatchObject({ status: 200, body: first.body })
    expect(await office.apply(citizen, other)).toMatchObject({ status: 409, body: { code: 'has-one' } })
    expect(await office.reportLost(neighbour)).toMatchObject({ status: 404, body: { code: 'has-none' } })
    expect(await office.reportLost(citizen)).toMatchObject({ status: 200, body: { revoked: 'M-000001' } })
    expect(await office.stored()).toEqual([])
    expect(await office.apply(citizen, other)).toMatchObject({ status: 201, body: { number: 'M-000002' } })
  })

  it('refuses whom it must, each for what is wrong', async () => {
    await using office = await startOffice()
    const { residentId: about } = neighbour
    const { holderKeySpki } = newPhone()
    const ask = (login: object, more = {}) =>
      send(`${office.issuer.url}/ids`, { ...login, about: citizen.residentId, holderKeySpki, ...more })
    const refusals = {
      'not-about-you': async () => ask(await office.approved(citizen), { about }),
      'not-approved': async () => ask(await office.approved({ ...neighbour, secret: citizen.secret })),
      'wrong-audience': async () => ask(await office.approved(citizen, 'gov24')),
      'unknown-challenge': async () => {
        const login = await office.approved(citizen)
        await ask(login)
        return ask(login)
      },
      'bad-request': async () => ask({}),
    }
    for (const [code, attempt] of Object.entries(refusals))
      expect((await attempt()).body, code).toMatchObject({ code })
    expect((await fetch(`${office.issuer.url}/ids`)).status).toBe(401)
  })

  it('gives nothing while the storage turns it away, and goes on with the same number afterwards', async () => {
    await using office = await startOffice()
    const phone = newPhone()
    await office.turnIssuerAway(true)
    expect(await office.apply(citizen, phone)).toMatchObject({
      status: 503,
      body: { code: 'storage-refuses' },
    })
    expect(await office.book()).toMatchObject([{ id: { number: 'M-000001' }, state: 'booked' }])
    await office.turnIssuerAway(false)
    expect(await office.apply(citizen, phone)).toMatchObject({ status: 201, body: { number: 'M-000001' } })
  })
})

describe('temporary issuance', () => {
  it('gives one that is marked, short and of its own range, and makes it final once the storage takes it', async () => {
    await using office = await startOffice(temporary)
    const phone = newPhone()
    await office.turnIssuerAway(true)
    const given = await office.apply(citizen, phone)
    const id = given.body as unknown as MobileId
    expect(given).toMatchObject({ status: 201, body: { number: 'T-000001', temporary: true } })
    expect(Date.parse(id.expiresAt) - Date.parse(id.issuedAt)).toBe(600_000)
    expect(await office.show(id, phone)).toMatchObject({ status: 200, body: { temporary: true } })
    expect(await office.apply(citizen, phone)).toMatchObject({ status: 201, body: given.body })
    expect(await office.stored()).toEqual([])

    await office.turnIssuerAway(false)
    await until(async () => (await office.book())[0]?.state === 'stored')
    expect(await office.stored()).toMatchObject([{ number: 'M-000001', temporary: false }])
    expect(await office.apply(citizen, phone)).toMatchObject({ status: 200, body: { number: 'M-000001' } })
  })

  it('makes none final whose phone was reported as lost', async () => {
    await using office = await startOffice(temporary)
    await office.turnIssuerAway(true)
    await office.apply(citizen, newPhone())
    await office.apply(neighbour, newPhone())
    expect(await office.reportLost(citizen)).toMatchObject({ status: 200 })
    await office.turnIssuerAway(false)
    await until(async () => (await office.stored()).length > 0)
    expect(await office.book()).toMatchObject([{ state: 'revoked' }, { state: 'stored' }])
    expect(await office.stored()).toMatchObject([{ residentId: neighbour.residentId }])
  })

  it('ends what was made final for nobody in time', async () => {
    await using office = await startOffice({
      MEASURE_TEMPORARY_ISSUANCE: '{"expiresInMs":1000,"longestPauseMs":20}',
    })
    const phone = newPhone()
    await office.turnIssuerAway(true)
    const { body } = await office.apply(citizen, phone)
    await until(async () => (await office.book())[0]?.state === 'revoked')
    expect(await office.show(body as unknown as MobileId, phone)).toMatchObject({
      status: 422,
      body: { code: 'expired' },
    })
  })

  it('has its parameters checked', () => {
    const env = { PORT: '0', MEASURE_TEMPORARY_ISSUANCE: '{"expiresInMs":0}' }
    expect(() => readMobileIdConfig(env)).toThrow(/MEASURE_TEMPORARY_ISSUANCE\.expiresInMs/)
  })
})

describe('the verifier', () => {
  it('accepts the IDs that people have, without asking anybody, and refuses each that is wrong in one thing', async () => {
    await using office = await startOffice()
    const { peopleFile } = await enrolled(enrolmentOfTests)
    const [holder, other] = (await readPeople(peopleFile)).holders
    if (holder === undefined || other === undefined) throw new Error('nobody holds an ID')
    await office.storage[Symbol.asyncDispose]()
    await office.issuer[Symbol.asyncDispose]()
    expect(await office.show(holder.id, holder)).toMatchObject({
      status: 200,
      body: { residentId: holder.residentId },
    })
    const { nonce } = (await send(`${office.verifier.url}/challenge`, {})).body as { nonce: string }
    expect((await office.show(holder.id, holder, nonce)).status).toBe(200)
    const refusals = {
      'not-by-the-issuer': () => office.show({ ...holder.id, residentId: other.residentId }, holder),
      expired: () => office.show(holder.expired, holder),
      'not-the-holder': () => office.show(other.id, holder),
      'unknown-challenge': () => office.show(holder.id, holder, nonce),
      'bad-request': () => office.show({ ...holder.id, number: '1' }, holder),
    }
    for (const [code, attempt] of Object.entries(refusals))
      expect((await attempt()).body, code).toMatchObject({ code })
    const noKey = { ...other.id, holderKeySpki: 'bm8ga2V5' }
    expect((await office.show(noKey, holder)).status).toBe(422)
  })
})

describe('the storage', () => {
  it('takes an ID once, and no other under its number, from whom is on its list', async () => {
    await using office = await startOffice()
    const { peopleFile } = await enrolled(enrolmentOfTests)
    const [holder] = (await readPeople(peopleFile)).holders
    const keep = (id: object, token = mockTokenOf('mobile-id'), url = office.storage.url) =>
      send(`${url}/ids`, id, { authorization: `Bearer ${token}` })
    const id = holder!.id
    expect((await keep(id)).status).toBe(201)
    expect((await keep(id)).status).toBe(200)
    expect(await keep({ ...id, residentId: 'somebody' })).toMatchObject({
      status: 422,
      body: { code: 'number-taken' },
    })
    expect(await keep(id, 'x'.repeat(20))).toMatchObject({ status: 401 })
    await using strict = await startIdStorage({
      ...office.storageEnv,
      STORAGE_FILE: `${office.storageEnv.STORAGE_FILE}-strict`,
      ACCESS_LIST: 'saeol',
    })
    expect(await keep(id, mockTokenOf('mobile-id'), strict.url)).toMatchObject({
      status: 403,
      body: { code: 'not-on-access-list' },
    })
    expect(() => readIdStorageConfig({ PORT: '0', STORAGE_FILE: 'x', ACCESS_LIST: 'nobody' })).toThrow(
      /ACCESS_LIST: must be a comma list/,
    )
  })

  it('and the issuer’s book know what they knew after a restart', async () => {
    await using office = await startOffice(temporary)
    await office.apply(neighbour, newPhone())
    await office.turnIssuerAway(true)
    await office.apply(citizen, newPhone())
    const before = { book: await office.book(), stored: await office.stored() }
    await office.issuer[Symbol.asyncDispose]()
    await office.storage[Symbol.asyncDispose]()
    await using book = await openBook(office.issuerEnv.BOOK_FILE)
    await using store = await openStore(office.storageEnv.STORAGE_FILE)
    expect(book.all()).toEqual(before.book)
    expect(store.all()).toEqual(before.stored)
    expect(before.book).toMatchObject([
      { state: 'stored' },
      { state: 'booked', temporary: { temporary: true } },
    ])
  })
})
