import { X509Certificate } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import 'reflect-metadata'
import {
  CertificatePolicyExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  X509Certificate as ParsedCertificate,
} from '@peculiar/x509'
import { Secret } from 'otpauth'
import { beforeAll, describe, expect, it } from 'vitest'
import { enrolled } from '../../../services/enrolment/cache.ts'
import { readDutyOfficer } from '../../../services/enrolment/duty-officer-key.ts'
import { type Enrolment, enrol } from '../../../services/enrolment/enrol.ts'
import { readPeople } from '../../../services/enrolment/people.ts'
import { readRegister } from '../../../services/enrolment/register.ts'
import { readRoom } from '../../../services/enrolment/room.ts'
import { createSignatureCheck, receiptSubject } from '../../../services/saeol/ledger/papers.ts'

const sizes = {
  officials: 3,
  disabled: 1,
  revoked: 2,
  unenrolled: 1,
  offices: 2,
  clerksPerOffice: 1,
  residents: 5,
  bidders: 3,
  tenders: 4,
}

let enrolment: Enrolment

beforeAll(async () => {
  enrolment = await enrol('a seed', sizes)
})

describe('enrol', () => {
  it('makes as many people as asked for, and registers each', () => {
    const { people, register, desks } = enrolment
    const statuses = people.officials.map(({ status }) => status)
    expect(statuses).toEqual(['active', 'active', 'active', 'disabled', 'revoked', 'revoked', 'unenrolled'])
    expect(people.clerks.map(({ office }) => office)).toEqual(['jongno', 'jung'])
    expect(people.residents).toEqual([1, 2, 3, 4, 5].map((number) => `resident-00000${number}`))
    const ids = [...people.officials, ...people.clerks].map(({ id }) => id)
    expect(register.officials.map(({ id }) => id)).toEqual(ids)
    expect(new Set(ids).size).toBe(ids.length)
    const honest = desks.map(({ id }) => id)
    const dishonest = people.dutyOfficers.map(({ id }) => id)
    expect(dishonest).toHaveLength(2)
    expect(register.dutyOfficers.map(({ id }) => id)).toEqual([...honest, ...dishonest])
    expect(new Set(people.strangers.map(({ kind }) => kind)).size).toBe(7)
  })

  it('makes the same people from the same seed, and others from another', async () => {
    const [again, other] = await Promise.all([enrol('a seed', sizes), enrol('another', sizes)])
    // ECDSA draws a nonce for each signature: all but the authority's signatures must be the same.
    const withoutSignatures = ({ people, register, desks }: Enrolment) => ({
      people: people.officials.map(({ certificateChain, ...person }) => ({
        ...person,
        serials: certificateChain.map((der) => new X509Certificate(Buffer.from(der, 'base64')).serialNumber),
      })),
      credentials: register.officials,
      dutyOfficers: desks,
    })
    expect(withoutSignatures(again)).toEqual(withoutSignatures(enrolment))
    expect(other.people.officials[0]?.privateKeyPkcs8).not.toBe(
      enrolment.people.officials[0]?.privateKeyPkcs8,
    )
    expect(other.people.officials[0]?.password).not.toBe(enrolment.people.officials[0]?.password)
  })

  it('gives the centre its own people and the keys of its counters, and nothing of anybody else', () => {
    const { people, centre, register } = enrolment
    expect(centre.clerks).toEqual(people.clerks)
    expect(centre.counters.map(({ office }) => office)).toEqual(['jongno', 'jung'])
    const secrets = JSON.stringify(centre)
    for (const official of people.officials) expect(secrets).not.toContain(official.password)
    for (const paper of people.oldPapers) {
      const { seal, ...fields } = paper
      const { publicKeySpki } = register.counters.find(({ office }) => office === paper.office)!
      const subject = receiptSubject({ ...fields, receivedOn: new Date(paper.receivedOn) })
      expect(createSignatureCheck(publicKeySpki)(subject, seal)).toBe(true)
    }
    expect(people.oldPapers).toHaveLength(2)
  })

  it("certifies each official's own key, in a chain that verifies on any day from 2020 to 2039", async () => {
    const { people, trust } = enrolment
    const root = new X509Certificate(Buffer.from(trust.rootCertificate, 'base64'))
    for (const { id, office, certificateChain } of [...people.officials, ...people.clerks]) {
      const chain = certificateChain.map((der) => new X509Certificate(Buffer.from(der, 'base64')))
      const [own, issuing, last] = chain
      expect(own!.verify(issuing!.publicKey) && own!.checkIssued(issuing!)).toBe(true)
      expect(issuing!.verify(root.publicKey) && issuing!.checkIssued(root) && issuing!.ca).toBe(true)
      expect(last!.fingerprint256).toBe(root.fingerprint256)
      expect(own!.ca).toBe(false)
      expect(own!.subject).toContain(`OU=${office}\nCN=${id}`)
      for (const { validFrom, validTo } of chain) {
        expect(Date.parse(validFrom)).toBeLessThanOrEqual(Date.UTC(2020, 0, 1))
        expect(Date.parse(validTo)).toBeGreaterThanOrEqual(Date.UTC(2040, 0, 1))
      }
    }
  })

  it('writes certificates that an independent reader reads as they were meant', async () => {
    const [der] = enrolment.people.officials[0]!.certificateChain
    const parsed = new ParsedCertificate(Buffer.from(der!, 'base64'))
    const issuing = new ParsedCertificate(
      Buffer.from(enrolment.people.officials[0]!.certificateChain[1]!, 'base64'),
    )
    expect(await parsed.verify({ publicKey: issuing.publicKey, signatureOnly: true })).toBe(true)
    expect(parsed.subject).toBe('C=KR, O=Government of Korea, OU=jongno, CN=official-0001')
    expect(parsed.issuer).toBe(issuing.subject)
    expect(parsed.extensions.map(({ type }) => type).sort()).toEqual(
      ['2.5.29.14', '2.5.29.15', '2.5.29.19', '2.5.29.31', '2.5.29.32', '2.5.29.35'].sort(),
    )
    const key = await crypto.subtle.exportKey('spki', await parsed.publicKey.export())
    expect(Buffer.from(key).length).toBe(91)
  })

  it('has revoked exactly whom it calls revoked', () => {
    const { people, issuer } = enrolment
    const revoked = people.officials.filter(({ status }) => status === 'revoked')
    const serials = revoked.map(
      ({ certificateChain }) =>
        new ParsedCertificate(Buffer.from(certificateChain[0]!, 'base64')).serialNumber,
    )
    expect(issuer.revoked).toEqual(serials)
    expect(serials).toHaveLength(2)
  })

  it('gives the verification servers and Saeol no secret of the authority, and the first none of anybody', () => {
    const { people, register, trust, issuer } = enrolment
    expect(Object.keys(trust)).toEqual(['rootCertificate', 'issuingCertificate'])
    expect(JSON.stringify([trust, register, people])).not.toContain(issuer.privateKeyPkcs8)
  })

  it.each([
    ['encryption', [KeyUsageFlags.keyEncipherment | KeyUsageFlags.keyAgreement, '1.2.410.100001.2.1.1']],
    ['machine', [KeyUsageFlags.digitalSignature, '1.2.410.100001.2.1.4']],
    ['expired', [KeyUsageFlags.digitalSignature, '1.2.410.100001.2.1.1']],
  ])("says what a certificate '%s' is for", (kind, expected) => {
    const stranger = enrolment.people.strangers.find((each) => each.kind === kind)!
    const parsed = new ParsedCertificate(Buffer.from(stranger.certificateChain[0]!, 'base64'))
    const usages = parsed.getExtension(KeyUsagesExtension)!.usages
    expect([usages, ...parsed.getExtension(CertificatePolicyExtension)!.policies]).toEqual(expected)
  })

  it('makes secrets an authenticator application takes', () => {
    for (const { totpSecretBase32 } of enrolment.people.officials) {
      expect(Secret.fromBase32(totpSecretBase32).bytes.length).toBe(20)
    }
  })

  it('makes a login longer than one full packet, which is what T13 lost', () => {
    const { certificateChain } = enrolment.people.officials[0]!
    expect(JSON.stringify({ certificateChain }).length).toBeGreaterThan(1_500)
  })

  it('refuses more offices than there are', async () => {
    await expect(enrol('a seed', { ...sizes, offices: 26 })).rejects.toThrow('offices must be 1 to 25')
  })
})

describe('enrolled', () => {
  it('makes the files once, and finds them again', async () => {
    await using directory = await temporary()
    const options = { cacheDir: join(directory.path, 'made'), seed: 'files', ...sizes }
    const files = await enrolled(options)
    const first = await readFile(files.peopleFile, 'utf8')
    expect(await enrolled(options)).toEqual(files)
    expect(await readFile(files.peopleFile, 'utf8')).toBe(first)
    expect((await readPeople(files.peopleFile)).officials).toHaveLength(7)
    expect((await readRegister(files.registerFile)).officials).toHaveLength(9)
    // The room holds no key of an officer, and each desk one.
    expect(Object.keys(await readRoom(files.roomFile))).toEqual(['probe'])
    expect((await readDutyOfficer(files.desk2File)).id).toBe('duty-officer-2')
  })

  it('keeps seeds and sizes apart', async () => {
    await using directory = await temporary()
    const options = { cacheDir: directory.path, seed: 'one', ...sizes }
    const files = await Promise.all([
      enrolled(options),
      enrolled({ ...options, seed: 'two' }),
      enrolled({ ...options, officials: 4 }),
    ])
    expect(new Set(files.map(({ peopleFile }) => peopleFile)).size).toBe(3)
  })

  it('gives runs side by side the same whole files, and leaves nothing else', async () => {
    await using directory = await temporary()
    const options = { cacheDir: directory.path, seed: 'race', ...sizes }
    const found = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const { peopleFile, registerFile } = await enrolled(options)
        return [await readFile(peopleFile, 'utf8'), await readFile(registerFile, 'utf8')].join()
      }),
    )
    expect(new Set(found).size).toBe(1)
    expect(await readdir(directory.path)).toHaveLength(1)
  })

  it('says so when the directory cannot be written', async () => {
    await using directory = await temporary()
    const { peopleFile } = await enrolled({ cacheDir: directory.path, seed: 'x', ...sizes })
    const notADirectory = join(peopleFile, 'below')
    await expect(enrolled({ cacheDir: notADirectory, seed: 'x', ...sizes })).rejects.toThrow('ENOTDIR')
  })
})

async function temporary(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'saeol-chaos-enrolment-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}
