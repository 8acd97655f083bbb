import { X509Certificate } from 'node:crypto'
import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import 'reflect-metadata'
import { X509Certificate as ParsedCertificate, X509Crl } from '@peculiar/x509'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Service } from '../../../services/common/service.ts'
import { startCrl } from '../../../services/crl/app.ts'
import { reportText } from '../../../services/crl/revocation-desk.ts'
import { type EnrolledFiles, enrolled } from '../../../services/enrolment/cache.ts'
import { type People, type Person, readPeople } from '../../../services/enrolment/people.ts'
import { readTrust, type Trust } from '../../../services/enrolment/trust.ts'
import { readRevocationList } from '../../../services/gpki/revocation-list.ts'
import { call, signNonce } from '../fallback/client.ts'
import { enrolmentOfTests } from '../fallback/network.ts'

let files: EnrolledFiles
let people: People
let trust: Trust
let directory: string

beforeAll(async () => {
  files = await enrolled(enrolmentOfTests)
  people = await readPeople(files.peopleFile)
  trust = await readTrust(files.trustFile)
  directory = await mkdtemp(join(tmpdir(), 'saeol-chaos-crl-'))
})

afterAll(() => rm(directory, { recursive: true, force: true }))

const start = (file: string, more: Record<string, string> = {}) =>
  startCrl({
    PORT: '0',
    ISSUER_FILE: files.issuerFile,
    REVOCATIONS_FILE: join(directory, file),
    SERVICE_TIME_MS: '0',
    LOG_LEVEL: 'fatal',
    ...more,
  })

async function listOf(crl: Service): Promise<Buffer> {
  const { status, body } = await call(`${crl.url}/revocation-list`)
  expect(status).toBe(200)
  return Buffer.from(body.list, 'base64')
}

type Holder = Pick<Person, 'certificateChain' | 'privateKeyPkcs8'>

const serialOf = ({ certificateChain }: Holder) =>
  new X509Certificate(Buffer.from(certificateChain[0]!, 'base64')).serialNumber

function report(crl: Service, lost: Holder, signer = lost) {
  const signature = signNonce(signer.privateKeyPkcs8, reportText(serialOf(lost)))
  return call(`${crl.url}/revocations`, { body: { certificate: lost.certificateChain[0], signature } })
}

describe('GET /revocation-list', () => {
  it('gives a list that an independent reader reads as it was meant, signed by the authority', async () => {
    await using crl = await start('independent')
    const list = new X509Crl(await listOf(crl))
    const issuing = new ParsedCertificate(Buffer.from(trust.issuingCertificate, 'base64'))
    expect(list.issuer).toBe(issuing.subject)
    expect(await list.verify({ publicKey: issuing })).toBe(true)
    expect(list.extensions.map(({ type }) => type)).toEqual(['2.5.29.35', '2.5.29.20'])
    for (const { status, certificateChain } of people.officials) {
      const { serialNumber } = new ParsedCertificate(Buffer.from(certificateChain[0]!, 'base64'))
      expect(list.findRevoked(serialNumber) !== null).toBe(status === 'revoked')
    }
    expect(list.entries).toHaveLength(enrolmentOfTests.revoked)
  })

  it('says that it was made now, and until when it may be relied on', async () => {
    await using crl = await start('dates', { CRL_VALID_S: '90' })
    const list = readRevocationList(await listOf(crl))
    expect(list.thisUpdate).toBeGreaterThan(Date.now() - 5_000)
    expect(list.thisUpdate).toBeLessThanOrEqual(Date.now())
    expect(list.nextUpdate - list.thisUpdate).toBe(90_000)
  })
})

describe('POST /revocations', () => {
  it('revokes what its holder reports lost, once, and over a restart', async () => {
    const lost = people.officials[0]!
    {
      await using crl = await start('lost')
      expect(readRevocationList(await listOf(crl)).has(serialOf(lost))).toBe(false)
      const [first, again] = [await report(crl, lost), await report(crl, lost)]
      expect(first).toMatchObject({ status: 201, body: { serial: serialOf(lost) } })
      expect(again.body).toEqual(first.body)
      expect(readRevocationList(await listOf(crl)).has(serialOf(lost))).toBe(true)
    }
    await using crl = await start('lost')
    const list = readRevocationList(await listOf(crl))
    expect(list.has(serialOf(lost))).toBe(true)
    expect(list.has(serialOf(people.officials[1]!))).toBe(false)
  })

  it('takes the word of nobody else', async () => {
    await using crl = await start('others')
    const [victim, other] = people.officials
    expect(await report(crl, victim!, other)).toMatchObject({ status: 401, body: { code: 'bad-signature' } })
    const foreign = people.strangers.find(({ kind }) => kind === 'foreign-issuer')!
    expect(await report(crl, foreign)).toMatchObject({ status: 422, body: { code: 'unknown-issuer' } })
    const body = { certificate: 'AAAA', signature: 'AAAA' }
    expect((await call(`${crl.url}/revocations`, { body })).status).toBe(400)
    expect(readRevocationList(await listOf(crl)).has(serialOf(victim!))).toBe(false)
  })

  it('gives who cannot sign no worker: one that is taken does not make them wait', async () => {
    await using crl = await start('strangers', { SLOTS: '1', QUEUE: '0', SERVICE_TIME_MS: '400' })
    const [victim, other] = people.officials
    const first = report(crl, other!)
    const strangers = Array.from({ length: 5 }, () => report(crl, victim!, other))
    expect((await Promise.all(strangers)).map(({ status }) => status)).toEqual([401, 401, 401, 401, 401])
    expect((await first).status).toBe(201)
  })

  it('takes anybody’s word under the sabotage', async () => {
    await using crl = await start('anybody', { SABOTAGE: 'revokes-for-anybody' })
    const [victim, other] = people.officials
    expect((await report(crl, victim!, other)).status).toBe(201)
  })

  it('signs no list when it cannot read what was reported', async () => {
    await appendFile(join(directory, 'damaged'), '{"serial":"4A","at":1}\n{"serial":\n')
    await expect(start('damaged')).rejects.toThrow()
  })
})
