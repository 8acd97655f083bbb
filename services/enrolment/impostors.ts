import type { Authority, CertificateUse } from './authority.ts'
import type { People, Person } from './people.ts'
import { pkcs8Base64, seededBytes, seededKeys } from './seeded.ts'

type Authorities = Readonly<Record<'authority' | 'retired' | 'foreign', Authority>>

/** What is wrong with a certificate in a registered official's name. */
const impostors: readonly {
  readonly kind:
    | 'foreign-issuer'
    | 'retired-authority'
    | 'expired'
    | 'not-yet-valid'
    | 'encryption'
    | 'machine'
  readonly notBefore?: Date
  readonly notAfter?: Date
  readonly use?: CertificateUse
  /** Default: the one whose list GPKI has. */
  readonly by?: keyof Authorities
}[] = [
  { kind: 'foreign-issuer', by: 'foreign' },
  // Below the same root, and no list says what became of its certificates.
  { kind: 'retired-authority', by: 'retired' },
  // Before any replayed day, and after.
  { kind: 'expired', notAfter: new Date('2023-01-01T00:00:00Z') },
  { kind: 'not-yet-valid', notBefore: new Date('2039-01-01T00:00:00Z') },
  { kind: 'encryption', use: 'encryption' },
  { kind: 'machine', use: 'machine' },
]

/** Everybody who comes in a registered official's name. */
export function impostorsOf(
  seed: string,
  authorities: Authorities,
  victim: Person,
): Promise<People['strangers']> {
  return Promise.all(
    impostors.map(({ by = 'authority', ...impostor }) =>
      impersonate(seed, authorities[by], victim, impostor),
    ),
  )
}

/** A registered official's name on a key and a certificate that must not be believed. */
async function impersonate(
  seed: string,
  authority: Authority,
  victim: Person,
  { kind, ...what }: Omit<(typeof impostors)[number], 'by'>,
): Promise<People['strangers'][number]> {
  const { id, office } = victim
  const keys = await seededKeys(seed, `${kind} ${id}`)
  const issued = await authority.issue({
    label: `${kind} ${id}`,
    commonName: id,
    office,
    publicKey: keys.pair.publicKey,
    ...what,
  })
  return {
    ...victim,
    certificateChain: [...issued.chain],
    privateKeyPkcs8: pkcs8Base64(keys),
    password: seededBytes(seed, `password ${kind} ${id}`, 12).toString('base64url'),
    kind,
  }
}
