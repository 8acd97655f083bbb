import type { Sabotaged } from '../common/sabotage.ts'
import { authoritiesOf, trustIn } from './authorities.ts'
import type { Authority } from './authority.ts'
import type { Centre } from './centre.ts'
import { type Credential, createCredential, mockCost } from './credential.ts'
import type { DutyOfficerKey } from './duty-officer-key.ts'
import { type Agency, type ExchangeOffice, enrolExchanges } from './exchange.ts'
import { impostorsOf } from './impostors.ts'
import type { Issuer } from './issuer.ts'
import { enrolMobileIds, type MobileIds } from './mobile-ids.ts'
import { offices as allOffices } from './offices.ts'
import { oldChallengeOf, writeOldPaper } from './old-papers.ts'
import type { People, Person } from './people.ts'
import type { Phones } from './phones.ts'
import { enrolProcurement, type ProcurementOffice } from './procurement.ts'
import type { Identity, Register, RegisteredOfficial } from './register.ts'
import { residentId } from './residents.ts'
import type { Room } from './room.ts'
import { base32, pkcs8Base64, type SeededKeys, seededBytes, seededKeys, spkiBase64 } from './seeded.ts'
import type { Trust } from './trust.ts'

export interface EnrolmentSizes {
  /** Officials who may log in. A password login takes a new code each 30 s, so a surge needs many people. */
  readonly officials: number
  /** More officials, with everything right but their status. */
  readonly disabled: number
  readonly revoked: number
  /** Active, and never enrolled for the password login. */
  readonly unenrolled: number
  /** How many of Seoul's 25 districts take part. */
  readonly offices: number
  readonly clerksPerOffice: number
  readonly residents: number
  /** Companies that hand in bids. */
  readonly bidders: number
  /** Tenders that close in the course of a replay. */
  readonly tenders: number
}

export const defaultSizes: EnrolmentSizes = {
  officials: 600,
  disabled: 8,
  revoked: 8,
  unenrolled: 8,
  offices: 5,
  clerksPerOffice: 4,
  residents: 2_000,
  bidders: 400,
  tenders: 400,
}

export interface Enrolment {
  readonly people: People
  readonly centre: Centre
  readonly register: Register
  readonly room: Room
  readonly desks: readonly DutyOfficerKey[]
  readonly trust: Trust
  readonly issuer: Issuer
  readonly phones: Phones
  readonly procurement: ProcurementOffice
  readonly exchanges: Readonly<Record<Agency, ExchangeOffice>>
  readonly mobileIds: Pick<MobileIds, 'issuer' | 'verifier'>
}

/** Who may open the password login. Each has a desk; but the last two mean no good, and have none. */
const dutyOfficerIds = [1, 2, 3, 4, 5].map((number) => `duty-officer-${number}`)
const dishonest = 2

/** Residents who have a phone, at most. † ours: more than come to the portal in a replay. */
const mostPhones = 300

type Status = Person['status']

/**
 * Makes the people of the mock network: the same seed and sizes give the same names, keys, serial numbers and
 * secrets on any day (only the authority's ECDSA signatures differ from call to call).
 * @throws RangeError when there are not that many offices
 */
export async function enrol(
  seed: string,
  sizes: EnrolmentSizes = defaultSizes,
  sabotaged: Sabotaged = () => false,
): Promise<Enrolment> {
  const offices = officesFor(sizes)
  const authorities = await authoritiesOf(seed)
  const { authority } = authorities
  const draft = { seed, authority, sabotaged }
  const ids = offices.map(({ id }) => id)
  const { officials, clerks } = await enrolStaff(draft, sizes, ids)
  const registered = [...officials, ...clerks]
  const residents = Array.from({ length: sizes.residents }, (_, index) => residentId(index + 1))
  const [counters, procurement, exchanges, mobileIds] = await Promise.all([
    countersOf(seed, ids),
    enrolProcurement(seed, sizes),
    enrolExchanges(seed),
    enrolMobileIds(seed, residents),
  ])
  const [strangers, dutyOfficers, saeolProbe, roomProbe] = await Promise.all([
    enrolStrangers(draft, authorities, offices[0]!.id, registered[0]?.person),
    Promise.all(dutyOfficerIds.map((id) => enrolDutyOfficer(seed, id))),
    enrolProbe(draft, 'probe-saeol'),
    enrolProbe(draft, 'probe-room'),
  ])
  const phones = phonesOf(seed, residents)
  const known = dutyOfficers.map(({ id, publicKeySpki }) => ({ id, publicKeySpki }))

  return {
    people: {
      officials: officials.map(({ person }) => person),
      clerks: clerks.map(({ person }) => person),
      oldPapers: counters.map(writeOldPaper),
      oldChallenge: oldChallengeOf(seed),
      residents,
      citizens: phones,
      dutyOfficers: dutyOfficers.slice(-dishonest).map(keyOf),
      strangers,
      procurement: procurement.people,
      agencies: Object.values(exchanges).map(({ agency, clerksToken }) => ({ agency, clerksToken })),
      holders: [...mobileIds.holders],
    },
    centre: {
      clerks: clerks.map(({ person }) => person),
      counters: counters.map(({ office, privateKeyPkcs8 }) => ({ office, privateKeyPkcs8 })),
    },
    register: {
      officials: registered.map(({ record }) => record),
      counters: counters.map(({ office, publicKeySpki }) => ({ office, publicKeySpki })),
      dutyOfficers: known,
      probe: saeolProbe,
    },
    room: { probe: roomProbe },
    desks: dutyOfficers.slice(0, -dishonest).map(keyOf),
    phones: { phones },
    procurement: { ...procurement.office, dutyOfficers: known },
    exchanges,
    mobileIds,
    trust: trustIn(authority),
    issuer: issuerOf(authority, registered),
  }
}

/** Whom nobody may let in: somebody of no register, and what is made in the name of a victim. */
async function enrolStrangers(
  draft: Draft,
  authorities: Awaited<ReturnType<typeof authoritiesOf>>,
  office: string,
  victim: Person | undefined,
): Promise<People['strangers']> {
  const [unknown, inTheirName] = await Promise.all([
    enrolPerson(draft, { id: 'official-unknown', office, status: 'active' }),
    victim === undefined ? [] : impostorsOf(draft.seed, authorities, victim),
  ])
  return [{ ...unknown.person, kind: 'unknown-official' }, ...inTheirName]
}

function issuerOf(authority: Authority, registered: readonly Enrolled[]): Issuer {
  return {
    issuingCertificate: authority.issuingCertificate,
    privateKeyPkcs8: authority.issuingKeyPkcs8,
    revoked: registered.filter(({ person }) => person.status === 'revoked').map(({ serial }) => serial),
  }
}

function countersOf(seed: string, offices: readonly string[]) {
  return Promise.all(
    offices.map(async (office) => ({ office, ...(await keysInBase64(seed, `counter ${office}`)) })),
  )
}

function phonesOf(seed: string, residents: readonly string[]): Phones['phones'] {
  return residents.slice(0, mostPhones).map((id) => ({
    residentId: id,
    secret: seededBytes(seed, `phone ${id}`, 32).toString('base64'),
  }))
}

function officesFor({ offices }: EnrolmentSizes): readonly (typeof allOffices)[number][] {
  if (offices < 1 || offices > allOffices.length)
    throw new RangeError(`offices must be 1 to ${allOffices.length}, but is ${offices}`)
  return allOffices.slice(0, offices)
}

/** Officials of every status, and the clerks of every counter. */
async function enrolStaff(
  draft: Draft,
  sizes: EnrolmentSizes,
  offices: readonly string[],
): Promise<{ officials: Enrolled[]; clerks: Enrolled[] }> {
  const statuses: Status[] = [
    ...Array<Status>(sizes.officials).fill('active'),
    ...Array<Status>(sizes.disabled).fill('disabled'),
    ...Array<Status>(sizes.revoked).fill('revoked'),
    ...Array<Status>(sizes.unenrolled).fill('unenrolled'),
  ]
  const officials = await Promise.all(
    statuses.map((status, index) =>
      enrolPerson(draft, {
        id: `official-${String(index + 1).padStart(4, '0')}`,
        office: offices[index % offices.length]!,
        status,
      }),
    ),
  )
  const clerks = await Promise.all(
    offices.flatMap((office) =>
      Array.from({ length: sizes.clerksPerOffice }, (_, index) =>
        enrolPerson(draft, { id: `clerk-${office}-${index + 1}`, office, status: 'active' }),
      ),
    ),
  )
  return { officials, clerks }
}

interface Draft {
  readonly seed: string
  readonly authority: Authority
  readonly sabotaged: Sabotaged
}

interface Enrolled {
  readonly person: Person
  readonly record: RegisteredOfficial
  readonly serial: string
}

async function enrolPerson(
  draft: Draft,
  { id, office, status }: { id: string; office: string; status: Status },
): Promise<Enrolled> {
  const { seed, authority } = draft
  const keys = await seededKeys(seed, id)
  const password = seededBytes(seed, `password ${id}`, 12).toString('base64url')
  const totpSecretBase32 = base32(seededBytes(seed, `totp ${id}`, 20))
  const terminal = `terminal-${seededBytes(seed, `terminal ${id}`, 8).toString('hex')}`
  const [issued, credential] = await Promise.all([
    certify(authority, id, office, keys),
    status === 'unenrolled' ? null : credentialOf(draft, id, password),
  ])
  return {
    serial: issued.serial,
    person: {
      id,
      office,
      certificateChain: [...issued.chain],
      privateKeyPkcs8: pkcs8Base64(keys),
      password,
      totpSecretBase32,
      terminal,
      status,
    },
    record: {
      id,
      office,
      status: status === 'unenrolled' ? 'active' : status,
      terminal,
      totpSecretBase32,
      credential,
      publicKeySpki: await spkiBase64(keys),
    },
  }
}

/** Salted, so that two who chose the same password cannot be told to have, and one guess is tried against one. */
function credentialOf({ seed, sabotaged }: Draft, id: string, password: string): Promise<Credential> {
  const salt = seededBytes(seed, sabotaged('one-salt') ? 'salt' : `salt ${id}`, 16)
  return createCredential(password, salt, sabotaged('cheap-hash') ? { ...mockCost, N: 2 } : mockCost)
}

async function enrolProbe({ seed, authority }: Draft, id: string): Promise<Identity> {
  const keys = await seededKeys(seed, id)
  const { chain } = await certify(authority, id, 'situation-room', keys)
  return { id, certificateChain: [...chain], privateKeyPkcs8: pkcs8Base64(keys) }
}

function certify(authority: Authority, id: string, office: string, keys: SeededKeys) {
  return authority.issue({ label: id, commonName: id, office, publicKey: keys.pair.publicKey })
}

async function enrolDutyOfficer(seed: string, id: string) {
  return { id, ...(await keysInBase64(seed, id)) }
}

/** What the officer keeps. */
function keyOf({ id, privateKeyPkcs8 }: Awaited<ReturnType<typeof enrolDutyOfficer>>) {
  return { id, privateKeyPkcs8 }
}

async function keysInBase64(seed: string, label: string) {
  const keys = await seededKeys(seed, label)
  return { publicKeySpki: await spkiBase64(keys), privateKeyPkcs8: pkcs8Base64(keys) }
}
