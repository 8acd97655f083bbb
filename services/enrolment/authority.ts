// tsyringe, inside @peculiar/x509, wants the reflection polyfill to be there first.
import 'reflect-metadata'
import type { webcrypto } from 'node:crypto'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  CertificatePolicyExtension,
  CRLDistributionPointsExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import { encodedExtensions, officialCertificate } from './official-certificate.ts'
import { pkcs8Base64, seededBytes, seededKeys } from './seeded.ts'

/** Wide enough for any day the mock is run on, and fixed, so that the people do not depend on the date. */
export const validity = { from: new Date('2020-01-01T00:00:00Z'), to: new Date('2040-01-01T00:00:00Z') }

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
/** Where the network finds lists by; certificates name it as real ones do. */
const crlAddress = 'ldap://crl.gpki.mock/CN=issuing,OU=GPKI,C=KR'
const organisation = 'C=KR, O=Government of Korea, OU=GPKI'

/**
 * What a certificate may be used for. `log-in`: an official's own · `encryption`: an official's other one, which decrypts
 * and signs nothing · `machine`: signs, for a server and not for an official. Policies † ours but for the first.
 */
export type CertificateUse = 'log-in' | 'encryption' | 'machine'

const policies: Readonly<Record<CertificateUse, string>> = {
  'log-in': '1.2.410.100001.2.1.1',
  encryption: '1.2.410.100001.2.1.1',
  machine: '1.2.410.100001.2.1.4',
}
const keyUsages: Readonly<Record<CertificateUse, KeyUsageFlags>> = {
  'log-in': KeyUsageFlags.digitalSignature,
  encryption: KeyUsageFlags.keyEncipherment | KeyUsageFlags.keyAgreement,
  machine: KeyUsageFlags.digitalSignature,
}

/** The mock's certification authority: a root, and the issuing authority below it. */
export interface Authority {
  /** base64 DER */
  readonly rootCertificate: string
  /** base64 DER; it signs certificates and revocation lists. */
  readonly issuingCertificate: string
  /** base64 */
  readonly issuingKeyPkcs8: string
  /** @param label what the serial number is derived from, unique per certificate */
  issue(subject: {
    readonly label: string
    readonly commonName: string
    readonly office: string
    readonly publicKey: webcrypto.CryptoKey
    readonly notBefore?: Date
    readonly notAfter?: Date
    /** Default: `log-in`. */
    readonly use?: CertificateUse
  }): Promise<IssuedCertificate>
}

export interface IssuedCertificate {
  /** base64 DER: the certificate itself, the issuing authority's, the root's. */
  readonly chain: readonly string[]
  /** Hexadecimal. */
  readonly serial: string
}

/** Where every path must end. */
export interface Root {
  readonly certificate: X509Certificate
  readonly privateKey: webcrypto.CryptoKey
}

/** @param name sets one root apart from another of the same seed */
export async function createRoot(seed: string, name: string): Promise<Root> {
  const { publicKey, privateKey } = (await seededKeys(seed, `${name} root`)).pair
  const subject = `${organisation}, CN=${name} Root`
  const certificate = await X509CertificateGenerator.create({
    ...ofAuthorities,
    serialNumber: serialNumber(seed, `${name} root`),
    subject,
    issuer: subject,
    publicKey,
    signingKey: privateKey,
    extensions: await certifying(publicKey),
  })
  return { certificate, privateKey }
}

const ofAuthorities = { notBefore: validity.from, notAfter: validity.to, signingAlgorithm: algorithm }

async function certifying(publicKey: webcrypto.CryptoKey): Promise<Extension[]> {
  return [
    new BasicConstraintsExtension(true, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    await SubjectKeyIdentifierExtension.create(publicKey),
  ]
}

function serialNumber(seed: string, label: string): string {
  const bytes = seededBytes(seed, `serial ${label}`, 16)
  // DER integers are signed, and a serial number is positive without leading zeros.
  bytes[0] = (bytes[0]! & 0x7f) | 0x40
  return bytes.toString('hex')
}

/**
 * Keys, names, serial numbers and dates depend on the seed alone. The signatures do not: ECDSA draws a nonce.
 * @param name sets one authority apart from another of the same seed
 */
export async function createAuthority(seed: string, name: string, root: Root): Promise<Authority> {
  const issuing = await seededKeys(seed, `${name} issuing`)
  const issuingName = `${organisation}, CN=${name} Issuing`
  const serialOf = (label: string): string => serialNumber(seed, `${name} ${label}`)
  const authorityKey = await AuthorityKeyIdentifierExtension.create(issuing.pair.publicKey)

  const issuingCertificate = await X509CertificateGenerator.create({
    ...ofAuthorities,
    serialNumber: serialOf('issuing'),
    subject: issuingName,
    issuer: root.certificate.subject,
    publicKey: issuing.pair.publicKey,
    signingKey: root.privateKey,
    extensions: await certifying(issuing.pair.publicKey),
  })
  const extensions = extensionsByUse(authorityKey)
  const issuerName = new Uint8Array(issuingCertificate.subjectName.toArrayBuffer())
  const above = [base64(issuingCertificate.rawData), base64(root.certificate.rawData)]

  return {
    rootCertificate: base64(root.certificate.rawData),
    issuingCertificate: base64(issuingCertificate.rawData),
    issuingKeyPkcs8: pkcs8Base64(issuing),
    async issue({ label, commonName, office, publicKey, notBefore, notAfter, use = 'log-in' }) {
      const serial = serialOf(label)
      const certificate = await officialCertificate({
        serial: Buffer.from(serial, 'hex'),
        issuer: issuerName,
        subject: `C=KR, O=Government of Korea, OU=${office}, CN=${commonName}`,
        notBefore: notBefore ?? validity.from,
        notAfter: notAfter ?? validity.to,
        publicKey,
        extensions: extensions[use],
        signingKey: issuing.pair.privateKey,
      })
      return { chain: [certificate.toString('base64'), ...above], serial }
    },
  }
}

/** The same in every certificate of a use, so made once: most of the time of an issue is encoding. */
function extensionsByUse(authorityKey: Extension): Record<CertificateUse, Uint8Array[]> {
  const address = new CRLDistributionPointsExtension([crlAddress])
  const of = (use: CertificateUse): Uint8Array[] =>
    encodedExtensions([
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(keyUsages[use], true),
      new CertificatePolicyExtension([policies[use]]),
      authorityKey,
      address,
    ])
  return { 'log-in': of('log-in'), encryption: of('encryption'), machine: of('machine') }
}

function base64(bytes: ArrayBuffer): string {
  return Buffer.from(bytes).toString('base64')
}
