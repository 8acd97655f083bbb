import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mockTokenOf } from '../../../services/common/callers.ts'
import type { Service } from '../../../services/common/service.ts'
import { startCrl } from '../../../services/crl/app.ts'
import { type EnrolledFiles, enrolled } from '../../../services/enrolment/cache.ts'
import { type People, type Person, readPeople } from '../../../services/enrolment/people.ts'
import { startGpki } from '../../../services/gpki/app.ts'
import { call, signedLogin } from '../fallback/client.ts'
import { enrolmentOfTests } from '../fallback/network.ts'
import { startProcess } from '../processes.ts'
import { watcher } from '../watcher.ts'

let people: People
let files: EnrolledFiles
let directory: string
let crl: Service
let gpki: Service

beforeAll(async () => {
  files = await enrolled(enrolmentOfTests)
  people = await readPeople(files.peopleFile)
  directory = await mkdtemp(join(tmpdir(), 'saeol-chaos-gpki-'))
  crl = await startCrl({
    PORT: '0',
    ISSUER_FILE: files.issuerFile,
    REVOCATIONS_FILE: join(directory, 'revocations.jsonl'),
    LOG_LEVEL: 'fatal',
  })
  gpki = await startGpki(environment())
})

afterAll(async () => {
  await gpki?.[Symbol.asyncDispose]()
  await crl?.[Symbol.asyncDispose]()
  await rm(directory, { recursive: true, force: true })
})

function environment(more: Record<string, string> = {}) {
  return {
    PORT: '0',
    TRUST_FILE: files.trustFile,
    CRL_URL: crl.url,
    SERVICE_TIME_MS: '0',
    LOG_LEVEL: 'fatal',
    ...more,
  }
}

type Holder = Pick<Person, 'certificateChain' | 'privateKeyPkcs8'>

function claim({ certificateChain, privateKeyPkcs8 }: Holder, more: Record<string, unknown> = {}) {
  const nonce = randomBytes(32).toString('base64url')
  return { ...signedLogin({ certificateChain, privateKeyPkcs8 }, nonce), ...more }
}

const verify = (body: unknown, url = gpki.url, token = mockTokenOf('saeol')) =>
  call(`${url}/verify`, { body, headers: { authorization: `Bearer ${token}` } })
const official = (index = 0) => people.officials[index]!
const stranger = (kind: string) => people.strangers.find((each) => each.kind === kind)!

function withoutRoot(holder: Person): Holder {
  return { ...holder, certificateChain: holder.certificateChain.slice(0, 2) }
}

/** Signed for one audience and shown as if for another. */
function claimFor(signedFor: string, shownAs: string) {
  return { ...signedLogin(official(), 'another nonce', signedFor), audience: shownAs }
}

/** What only the sabotages let through. */
const ways: readonly [sabotage: string, body: () => unknown][] = [
  ['ignores-revocation', () => claim(people.officials.find(({ status }) => status === 'revoked')!)],
  ['ignores-signature', () => claim(official(0), { signature: claim(official(1)).signature })],
  ['ignores-audience', () => signedLogin(official(), 'a nonce', 'a-portal-of-thieves')],
  ['ignores-usage', () => claim(stranger('encryption'))],
  ['ignores-policy', () => claim(stranger('machine'))],
  ['ignores-validity', () => claim(stranger('expired'))],
  ['ignores-validity', () => claim(stranger('not-yet-valid'))],
  ['trusts-any-issuer', () => claim(withoutRoot(stranger('foreign-issuer')))],
  ['any-revocation-list', () => claim(withoutRoot(stranger('retired-authority')))],
]

/** What is wrong with it, the code that says so, and the claim. */
const rejected: [string, string, () => object][] = [
  ['revoked', 'revoked', () => claim(people.officials.find(({ status }) => status === 'revoked')!)],
  ['of another authority', 'unknown-issuer', () => claim(stranger('foreign-issuer'))],
  [
    'of an authority of which there is no list',
    'unknown-issuer',
    () => claim(withoutRoot(stranger('retired-authority'))),
  ],
  ['expired', 'expired', () => claim(stranger('expired'))],
  ['not valid yet', 'not-yet-valid', () => claim(stranger('not-yet-valid'))],
  ['not for signatures', 'wrong-usage', () => claim(stranger('encryption'))],
  ['of a machine', 'wrong-policy', () => claim(stranger('machine'))],
  [
    'without its issuer',
    'unknown-issuer',
    () => claim(official(), { certificateChain: official().certificateChain.slice(0, 1) }),
  ],
  [
    'with a foreign issuer put in between',
    'unknown-issuer',
    () => {
      const [own] = official().certificateChain
      const [, foreign, root] = stranger('foreign-issuer').certificateChain
      return claim(official(), { certificateChain: [own, foreign, root] })
    },
  ],
  [
    "issued by another official's certificate",
    'unknown-issuer',
    () => {
      const [own] = official(0).certificateChain
      const [other, ...above] = official(1).certificateChain
      return claim(official(), { certificateChain: [own, other, ...above] })
    },
  ],
  [
    'an authority and nobody',
    'unknown-issuer',
    () => claim(official(), { certificateChain: official().certificateChain.slice(1) }),
  ],
  [
    "somebody else's",
    'bad-signature',
    () => claim(official(0), { certificateChain: official(1).certificateChain }),
  ],
  [
    "stolen: the victim's chain, another key",
    'bad-signature',
    () => claim(official(0), { signature: claim(official(1)).signature }),
  ],
  [
    'good, for another audience',
    'wrong-audience',
    () => signedLogin(official(), 'a nonce', 'a-portal-of-thieves'),
  ],
  ['good, the audience changed afterwards', 'bad-signature', () => claimFor('welfare', 'saeol')],
  ['good, the nonce another', 'bad-signature', () => claim(official(), { nonce: 'another' })],
  ['good, the signature garbage', 'bad-signature', () => claim(official(), { signature: 'AAAA' })],
  ['no certificate', 'malformed', () => claim(official(), { certificateChain: ['AAAA', 'AAAA'] })],
]

describe('gpki', () => {
  it('verifies every official whose certificate is good, whatever Saeol thinks of them', async () => {
    for (const each of people.officials.filter(({ status }) => status !== 'revoked')) {
      expect(await verify(claim(each))).toMatchObject({ status: 200, body: { officialId: each.id } })
    }
  })

  it('takes a chain without the root', async () => {
    const certificateChain = official().certificateChain.slice(0, 2)
    expect((await verify(claim(official(), { certificateChain }))).status).toBe(200)
  })

  it.each(rejected)('rejects a certificate that is %s', async (_what, code, body) => {
    expect(await verify(body())).toMatchObject({ status: 422, body: { code } })
  })

  it('rejects a certificate of which one byte was changed', async () => {
    const [own, ...above] = official().certificateChain
    const bytes = Buffer.from(own!, 'base64')
    const at = bytes.indexOf('official-0001')
    bytes[at + 12] = '2'.charCodeAt(0)
    const certificateChain = [bytes.toString('base64'), ...above]
    expect(await verify(claim(official(), { certificateChain }))).toMatchObject({
      status: 422,
      body: { code: 'unknown-issuer' },
    })
  })

  it('answers 400 to what is no claim', async () => {
    expect(await verify({ nonce: 1 })).toMatchObject({ status: 400, body: { code: 'bad-request' } })
  })

  it('verifies nobody below a root that is not the one it trusts', async () => {
    const other = await enrolled({ ...enrolmentOfTests, seed: 'another authority', officials: 1 })
    const forged = {
      ...JSON.parse(await readFile(files.trustFile, 'utf8')),
      rootCertificate: JSON.parse(await readFile(other.trustFile, 'utf8')).rootCertificate,
    }
    const file = join(directory, 'trust.json')
    await writeFile(file, JSON.stringify(forged))
    await using server = await startGpki(environment({ TRUST_FILE: file }))
    const certificateChain = official().certificateChain.slice(0, 2)
    const answer = await verify(claim(official(), { certificateChain }), server.url)
    expect(answer).toMatchObject({ status: 422, body: { code: 'unknown-issuer' } })
  })

  it('verifies a challenge once', async () => {
    const body = claim(official())
    expect((await verify(body)).status).toBe(200)
    expect(await verify(body)).toMatchObject({ status: 422, body: { code: 'nonce-used' } })
    await using server = await startGpki(environment({ SABOTAGE: 'replayed-nonce' }))
    expect((await verify(body, server.url)).status).toBe(200)
    expect((await verify(body, server.url)).status).toBe(200)
  })

  it('verifies for systems that it knows, each for what was signed for it', async () => {
    expect(await call(`${gpki.url}/verify`, { body: claim(official()) })).toMatchObject({
      status: 401,
      body: { code: 'refused' },
    })
    expect((await verify(claim(official()), gpki.url, 'mock-network-only-gov24')).status).toBe(401)
    const room = mockTokenOf('situation-room')
    expect(await verify(claim(official()), gpki.url, room)).toMatchObject({
      status: 422,
      body: { code: 'wrong-audience' },
    })
    const forTheRoom = signedLogin(official(), 'once more', 'situation-room')
    expect((await verify(forTheRoom, gpki.url, room)).status).toBe(200)
  })

  it('gives strangers no worker: one slot that is taken does not make them wait', async () => {
    await using server = await startGpki(
      environment({ SLOTS: '1', QUEUE: '0', SERVICE_TIME_MS: '400', CALLERS: '{"saeol":"long-enough"}' }),
    )
    const first = verify(claim(official()), server.url, 'long-enough')
    const strangers = Array.from({ length: 5 }, () => verify(claim(official()), server.url, 'a-stranger'))
    expect((await Promise.all(strangers)).map(({ status }) => status)).toEqual([401, 401, 401, 401, 401])
    expect((await first).status).toBe(200)
  })

  it.each(ways)('is seen to let in what it must not under %s', async (sabotage, body) => {
    await using server = await startGpki(environment({ SABOTAGE: sabotage }))
    expect((await verify(body(), server.url)).status).toBe(200)
    expect((await verify(body())).status).toBe(422)
  })

  it('runs as a process of its own, and names every configuration problem at once', async () => {
    await using server = startProcess('gpki', environment({ LOG_LEVEL: 'info' }))
    const { url } = await server.event('service.started')
    expect((await verify(claim(official()), String(url))).status).toBe(200)
    expect((await call(`${url}/health/deep`, watcher)).status).toBe(200)

    await using broken = startProcess('gpki', { PORT: 'http' })
    expect((await broken.exited).code).toBe(4)
    expect(broken.stderr()).toMatch(/PORT.*\n.*TRUST_FILE|TRUST_FILE.*\n.*PORT/)
  })
})
