import { X509Certificate } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mockTokenOf } from '../../../services/common/callers.ts'
import { createDownstream } from '../../../services/common/downstream.ts'
import { createLog } from '../../../services/common/log.ts'
import { createSabotage, type SabotageName } from '../../../services/common/sabotage.ts'
import { startCrl } from '../../../services/crl/app.ts'
import { reportText } from '../../../services/crl/revocation-desk.ts'
import { type EnrolledFiles, enrolled } from '../../../services/enrolment/cache.ts'
import { type People, readPeople } from '../../../services/enrolment/people.ts'
import { readTrust } from '../../../services/enrolment/trust.ts'
import { startGpki } from '../../../services/gpki/app.ts'
import { followRevocations } from '../../../services/gpki/revocations.ts'
import { standIn } from '../common/stand-in.ts'
import { call, signedLogin, signNonce } from '../fallback/client.ts'
import { enrolmentOfTests } from '../fallback/network.ts'
import { startLink } from '../link.ts'
import { watcher } from '../watcher.ts'

let files: EnrolledFiles
let people: People
let directory: string

beforeAll(async () => {
  files = await enrolled(enrolmentOfTests)
  people = await readPeople(files.peopleFile)
  directory = await mkdtemp(join(tmpdir(), 'saeol-chaos-revocations-'))
})

afterAll(() => rm(directory, { recursive: true, force: true }))

const quiet = { SERVICE_TIME_MS: '0', LOG_LEVEL: 'fatal', PORT: '0' }
let books = 0
const startAuthority = (of: EnrolledFiles, more: Record<string, string> = {}) =>
  startCrl({
    ...quiet,
    ISSUER_FILE: of.issuerFile,
    REVOCATIONS_FILE: join(directory, `book-${books++}`),
    ...more,
  })

/** Follows the list at `url`, with a clock of the test's own. */
async function follow(url: string, clock: { now: number }, sabotage: readonly SabotageName[] = []) {
  const log = createLog({ SERVICE_NAME: 'test', LOG_LEVEL: 'silent' })
  const link = createDownstream({ link: 'gpki-a→crl', url, clientTimeoutMs: 1_000, log })
  const { issuingCertificate } = await readTrust(files.trustFile)
  const revocations = await followRevocations({
    link,
    issuer: new X509Certificate(Buffer.from(issuingCertificate, 'base64')),
    refreshMs: 10,
    timeoutMs: 1_000,
    sabotaged: createSabotage(sabotage),
    log,
    now: () => clock.now,
  })
  return {
    ...revocations,
    async [Symbol.asyncDispose]() {
      await revocations.stop()
      await link.close()
    },
  }
}

describe('the revocation list of a verification server', () => {
  it('is good until its next update, and when no newer one comes by then nobody is verified', async () => {
    await using crl = await startAuthority(files, { CRL_VALID_S: '60' })
    await using link = await startLink(crl.url)
    const clock = { now: Date.now() }
    await using revocations = await follow(link.url, clock)
    await link.set('cut')
    clock.now += 58_000
    expect(revocations.current()).toBeDefined()
    clock.now += 3_000
    expect(revocations.current()).toBeUndefined()
    await link.set('pass')
    clock.now = Date.now()
    await expect.poll(() => revocations.current()).toBeDefined()
  })

  it.each(['stale-revocation-list', 'ignores-next-update'] as const)(
    'is relied on beyond that under %s',
    async (sabotage) => {
      await using crl = await startAuthority(files)
      const clock = { now: Date.now() }
      await using revocations = await follow(crl.url, clock, [sabotage])
      clock.now += 3_600_000
      expect(revocations.current()).toBeDefined()
    },
  )

  it('is not taken from another authority', async () => {
    const other = await enrolled({ ...enrolmentOfTests, seed: 'another authority', officials: 1 })
    await using crl = await startAuthority(other)
    await using revocations = await follow(crl.url, { now: Date.now() })
    expect(revocations.current()).toBeUndefined()
  })

  it('is not replaced by an older one', async () => {
    await using crl = await startAuthority(files, { CRL_VALID_S: '600' })
    const old = await call(`${crl.url}/revocation-list`)
    let body = old.body
    await using front = await standIn((_request, response) => void response.end(JSON.stringify(body)))
    await sleep(1_100)
    body = (await call(`${crl.url}/revocation-list`)).body
    await using revocations = await follow(front.url, { now: Date.now() })
    const newer = revocations.current()!.thisUpdate
    body = old.body
    await sleep(100)
    expect(revocations.current()!.thisUpdate).toBe(newer)
  })
})

describe('a certificate that is reported lost', () => {
  const verify = (url: string, person: People['officials'][number]) =>
    call(`${url}/verify`, {
      body: signedLogin(person, `nonce ${Math.random()}`),
      headers: { authorization: `Bearer ${mockTokenOf('saeol')}` },
    })

  it('is refused as soon as the next list says so, but for the sabotage', async () => {
    await using crl = await startAuthority(files)
    const env = { ...quiet, TRUST_FILE: files.trustFile, CRL_URL: crl.url, CRL_REFRESH_MS: '20' }
    await using gpki = await startGpki(env)
    await using stale = await startGpki({ ...env, SABOTAGE: 'stale-revocation-list' })
    const lost = people.officials[3]!
    expect((await verify(gpki.url, lost)).status).toBe(200)
    const certificate = lost.certificateChain[0]!
    const { serialNumber } = new X509Certificate(Buffer.from(certificate, 'base64'))
    const signature = signNonce(lost.privateKeyPkcs8, reportText(serialNumber))
    await call(`${crl.url}/revocations`, { body: { certificate, signature } })
    await expect.poll(() => verify(gpki.url, lost)).toMatchObject({ status: 422, body: { code: 'revoked' } })
    expect((await verify(stale.url, lost)).status).toBe(200)
  })

  it('cannot be told where no list ever came: nobody is verified, and the deep check is red', async () => {
    await using nobody = await startLink('http://127.0.0.1:1')
    await using gpki = await startGpki({ ...quiet, TRUST_FILE: files.trustFile, CRL_URL: nobody.url })
    expect(await verify(gpki.url, people.officials[0]!)).toMatchObject({
      status: 503,
      body: { code: 'unable' },
    })
    expect((await call(`${gpki.url}/health`)).status).toBe(200)
    expect((await call(`${gpki.url}/health/deep`, watcher)).status).toBe(503)
  })
})
