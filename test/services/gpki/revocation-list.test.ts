import { createPublicKey, randomBytes, webcrypto } from 'node:crypto'
import 'reflect-metadata'
import { X509CrlGenerator } from '@peculiar/x509'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRevocationList } from '../../../services/gpki/revocation-list.ts'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

async function keys() {
  const pair = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const spki = Buffer.from(await webcrypto.subtle.exportKey('spki', pair.publicKey))
  return { ...pair, public: createPublicKey({ key: spki, format: 'der', type: 'spki' }) }
}

async function list(signingKey: webcrypto.CryptoKey, serials: string[], nextUpdate = new Date('2040-01-01')) {
  const made = await X509CrlGenerator.create({
    issuer: 'CN=issuing',
    thisUpdate: new Date('2020-01-01'),
    nextUpdate,
    signingAlgorithm: algorithm,
    signingKey,
    entries: serials.map((serialNumber) => ({ serialNumber })),
  })
  return Buffer.from(made.rawData)
}

describe('readRevocationList', () => {
  it('finds what an independent writer put in, and nothing else', async () => {
    const { privateKey, public: publicKey } = await keys()
    const serial = fc
      .uint8Array({ minLength: 1, maxLength: 20 })
      .map((bytes) => `4${Buffer.from(bytes).toString('hex').slice(1)}`)
    const property = fc.asyncProperty(fc.uniqueArray(serial, { maxLength: 200 }), async (serials) => {
      const read = readRevocationList(await list(privateKey, serials))
      for (const each of serials) expect(read.has(each.toUpperCase())).toBe(true)
      expect(read.has(`4F${randomBytes(20).toString('hex').toUpperCase()}`)).toBe(false)
      expect(read.isSignedBy(publicKey)).toBe(true)
      expect(read.nextUpdate).toBe(Date.UTC(2040, 0, 1))
    })
    await fc.assert(property, { numRuns: 20 })
  })

  it('knows who did not sign it', async () => {
    const [ours, other] = [await keys(), await keys()]
    const read = readRevocationList(await list(ours.privateKey, ['4a']))
    expect(read.isSignedBy(other.public)).toBe(false)
    const changed = await list(ours.privateKey, ['4a4b4c'])
    changed[changed.indexOf(Buffer.from('4a4b4c', 'hex'))] = 0x4d
    expect(readRevocationList(changed).isSignedBy(ours.public)).toBe(false)
  })

  it('reads the times of the next century too', async () => {
    const { privateKey } = await keys()
    const read = readRevocationList(await list(privateKey, [], new Date('2060-05-06T07:08:09Z')))
    expect(read.nextUpdate).toBe(Date.UTC(2060, 4, 6, 7, 8, 9))
  })

  it('throws at whatever is no list, and never hangs or reads beyond the end', async () => {
    const { privateKey } = await keys()
    const good = await list(privateKey, ['4a', '4b'])
    for (let length = 0; length < good.length; length++) {
      expect(() => readRevocationList(good.subarray(0, length))).toThrow(RangeError)
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(() => readRevocationList(Buffer.from(bytes))).toThrow(RangeError)
      }),
    )
  })
})
