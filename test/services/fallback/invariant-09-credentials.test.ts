import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { enrolled } from '../../../services/enrolment/cache.ts'
import { createCredential, isPassword } from '../../../services/enrolment/credential.ts'
import { readPeople } from '../../../services/enrolment/people.ts'
import { readRegister } from '../../../services/enrolment/register.ts'
import { enrolmentOfTests } from './network.ts'

describe('invariant 9: credentials are salted and enrolled beforehand', () => {
  it('keeps no password on the servers', async () => {
    const files = await enrolled(enrolmentOfTests)
    const [{ officials, clerks }, text] = await Promise.all([
      readPeople(files.peopleFile),
      readFile(files.registerFile, 'utf8'),
    ])
    for (const { password, privateKeyPkcs8 } of [...officials, ...clerks]) {
      expect(text).not.toContain(password)
      expect(text).not.toContain(privateKeyPkcs8)
    }
  })

  it('has a credential of its own for every official, clerks too', async () => {
    const files = await enrolled(enrolmentOfTests)
    const [{ officials, clerks }, register] = await Promise.all([
      readPeople(files.peopleFile),
      readRegister(files.registerFile),
    ])
    const credentials = register.officials.flatMap(({ credential }) => credential ?? [])
    expect(credentials).toHaveLength(officials.length + clerks.length - enrolmentOfTests.unenrolled)
    expect(new Set(credentials.map(({ salt }) => salt)).size).toBe(credentials.length)
    expect(new Set(credentials.map(({ hash }) => hash)).size).toBe(credentials.length)
    for (const { algorithm, salt } of credentials) {
      expect(algorithm).toBe('scrypt')
      expect(Buffer.from(salt, 'base64').length).toBeGreaterThanOrEqual(16)
    }
    expect(await isPassword(officials[0]!.password, credentials[0]!)).toBe(true)
    expect(await isPassword(officials[1]!.password, credentials[0]!)).toBe(false)
  })

  it('gives two officials with one password two hashes', async () => {
    const [one, other] = await Promise.all(
      [1, 2].map((byte) => createCredential('the same', Buffer.alloc(16, byte))),
    )
    expect(one?.hash).not.toBe(other?.hash)
  })

  it('registers whoever never enrolled without a credential', async () => {
    const files = await enrolled(enrolmentOfTests)
    const [{ officials }, register] = await Promise.all([
      readPeople(files.peopleFile),
      readRegister(files.registerFile),
    ])
    const never = officials.filter(({ status }) => status === 'unenrolled').map(({ id }) => id)
    expect(never).toHaveLength(enrolmentOfTests.unenrolled)
    expect(register.officials.filter(({ credential }) => credential === null).map(({ id }) => id)).toEqual(
      never,
    )
  })

  it('makes other files where something is wrong with them', async () => {
    const [good, bad] = await Promise.all([
      enrolled(enrolmentOfTests),
      enrolled({ ...enrolmentOfTests, sabotages: ['one-salt', 'cheap-hash'] }),
    ])
    const [wrong, right] = await Promise.all([
      readRegister(bad.registerFile),
      readRegister(good.registerFile),
    ])
    const salts = (register: typeof wrong) =>
      new Set(register.officials.flatMap(({ credential }) => credential?.salt ?? []))
    expect(salts(wrong).size).toBe(1)
    expect(salts(right).size).toBeGreaterThan(100)
    expect(wrong.officials[0]!.credential!.N).toBe(2)
  })
})
