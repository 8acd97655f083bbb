import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Service } from '../../../services/common/service.ts'
import { enrolled } from '../../../services/enrolment/cache.ts'
import { type People, type Person, readPeople } from '../../../services/enrolment/people.ts'
import { startGpki } from '../../../services/gpki/app.ts'
import { call, signNonce } from '../fallback/client.ts'
import { enrolmentOfTests } from '../fallback/network.ts'
import { startProcess } from '../processes.ts'

let people: People
let registerFile: string
let gpki: Service

beforeAll(async () => {
  const files = await enrolled(enrolmentOfTests)
  people = await readPeople(files.peopleFile)
  registerFile = files.registerFile
  gpki = await startGpki({ PORT: '0', REGISTER_FILE: registerFile, SERVICE_TIME_MS: '0', LOG_LEVEL: 'fatal' })
})

afterAll(() => gpki?.[Symbol.asyncDispose]())

type Holder = Pick<Person, 'certificateChain' | 'privateKeyPkcs8'>

function claim({ certificateChain, privateKeyPkcs8 }: Holder, more: Record<string, unknown> = {}) {
  const nonce = randomBytes(32).toString('base64url')
  return { certificateChain, nonce, signature: signNonce(privateKeyPkcs8, nonce), ...more }
}

const verify = (body: unknown, url = gpki.url) => call(`${url}/verify`, { body })
const official = (index = 0) => people.officials[index]!
const stranger = (kind: string) => people.strangers.find((each) => each.kind === kind)!

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

  it.each([
    ['revoked', 'revoked', () => claim(people.officials.find(({ status }) => status === 'revoked')!)],
    ['of another authority', 'unknown-issuer', () => claim(stranger('foreign-issuer'))],
    ['expired', 'expired', () => claim(stranger('expired'))],
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
    ['good, the nonce another', 'bad-signature', () => claim(official(), { nonce: 'another' })],
    ['good, the signature garbage', 'bad-signature', () => claim(official(), { signature: 'AAAA' })],
    ['no certificate', 'malformed', () => claim(official(), { certificateChain: ['AAAA', 'AAAA'] })],
  ])('rejects a certificate that is %s', async (_what, code, body) => {
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

  it.each([
    ['by a list that its authority did not sign', 'revocationList'],
    ['below a root that is not the one it trusts', 'rootCertificate'],
  ])('verifies nobody %s', async (_what, field) => {
    const [register, other] = await Promise.all([
      readFile(registerFile, 'utf8'),
      enrolled({ ...enrolmentOfTests, seed: 'another authority', officials: 1 }),
    ])
    const foreign = JSON.parse(await readFile(other.registerFile, 'utf8'))
    const forged = { ...JSON.parse(register), [field]: foreign[field] }
    const directory = await mkdtemp(join(tmpdir(), 'saeol-chaos-gpki-'))
    const file = join(directory, 'register.json')
    await writeFile(file, JSON.stringify(forged))
    await using server = await startGpki({ PORT: '0', REGISTER_FILE: file, LOG_LEVEL: 'fatal' })
    await rm(directory, { recursive: true })
    const certificateChain = official().certificateChain.slice(0, 2)
    const answer = await verify(claim(official(), { certificateChain }), server.url)
    expect(answer).toMatchObject({ status: 422, body: { code: 'unknown-issuer' } })
  })

  it('is seen to let the revoked in under the sabotage', async () => {
    const env = { PORT: '0', REGISTER_FILE: registerFile, LOG_LEVEL: 'fatal', SABOTAGE: 'ignores-revocation' }
    await using server = await startGpki(env)
    const revoked = people.officials.find(({ status }) => status === 'revoked')!
    expect((await verify(claim(revoked), server.url)).status).toBe(200)
  })

  it('runs as a process of its own, and names every configuration problem at once', async () => {
    await using server = startProcess('gpki', { PORT: '0', REGISTER_FILE: registerFile })
    const { url } = await server.event('service.started')
    expect((await verify(claim(official()), String(url))).status).toBe(200)
    expect((await call(`${url}/health/deep`)).status).toBe(200)

    await using broken = startProcess('gpki', { PORT: 'http' })
    expect((await broken.exited).code).toBe(4)
    expect(broken.stderr()).toMatch(/PORT.*\n.*REGISTER_FILE|REGISTER_FILE.*\n.*PORT/)
  })
})
