/** What people hold, as enrolment writes it and a driver hands it over. */
export interface People {
  readonly officials: readonly Official[]
  readonly clerks: readonly Official[]
  readonly residents: readonly string[]
  /** Residents who have a phone that approves logins. */
  readonly citizens: readonly Citizen[]
  /** A genuine receipt of each office, from a day without an outage, in the wrong hands. */
  readonly oldPapers: readonly Paper[]
  /** A challenge that Saeol made, from a day that is over. */
  readonly oldChallenge: string
  /** Two duty officers who hold their keys and mean no good. */
  readonly dutyOfficers: readonly DutyOfficer[]
  /** Well-formed material that must never get anybody in. */
  readonly strangers: readonly (Official & { readonly kind: string })[]
  /** Clerks of agencies that send each other documents. */
  readonly agencies: readonly { readonly agency: string; readonly clerksToken: string }[]
  /** Residents whose phones have a mobile ID. */
  readonly holders: readonly Holder[]
  readonly procurement: {
    readonly bidders: readonly Bidder[]
    readonly tenders: readonly TenderKey[]
    /** base64; receipts are checked with it. */
    readonly receiptKeySpki: string
  }
}

/** Somebody whose phone has a mobile ID, and the one before, whose time is over. */
export interface Holder {
  readonly residentId: string
  /** base64 */
  readonly privateKeyPkcs8: string
  readonly id: MobileId
  readonly expired: MobileId
}

/** A mobile ID as a phone carries it. */
export interface MobileId {
  readonly number: string
  readonly residentId: string
  /** base64; the phone's public key. */
  readonly holderKeySpki: string
  readonly issuedAt: string
  readonly expiresAt: string
  readonly temporary: boolean
  readonly signature: string
}

/** A company that hands in bids. */
export interface Bidder {
  readonly id: string
  /** base64 */
  readonly privateKeyPkcs8: string
}

/** What opens the bids of a tender. Its contracting officer holds it. */
export interface TenderKey {
  readonly id: string
  readonly day: 'yesterday' | 'today' | 'tomorrow'
  /** base64 */
  readonly openingKeyPkcs8: string
}

export interface DutyOfficer {
  readonly id: string
  /** base64 */
  readonly privateKeyPkcs8: string
}

export interface Citizen {
  readonly residentId: string
  /** base64 */
  readonly secret: string
}

/** A receipt with its counter's signature. */
export interface Paper {
  readonly office: string
  readonly receiptNumber: string
  readonly receivedOn: string
  readonly residentId: string
  readonly kind: string
  readonly visit: string
  readonly seal: string
}

export interface Official {
  readonly id: string
  readonly office: string
  readonly certificateChain: readonly string[]
  readonly privateKeyPkcs8: string
  readonly password: string
  readonly totpSecretBase32: string
  readonly terminal: string
  readonly status: 'active' | 'disabled' | 'revoked' | 'unenrolled'
}

/** The official of an arrival. Arrivals take them in turn: a password login needs a fresh code, which lasts 30 s. */
export function activeOfficial(people: People, index: number): Official {
  const active = activeOfficials(people)
  return active[index % active.length]!
}

const activeOf = new WeakMap<People, readonly Official[]>()

export function activeOfficials(people: People): readonly Official[] {
  let active = activeOf.get(people)
  if (active === undefined) {
    active = people.officials.filter(({ status }) => status === 'active')
    activeOf.set(people, active)
  }
  return active
}

export function pick<T>(from: readonly T[], random: () => number): T {
  return from[Math.floor(random() * from.length)]!
}

/**
 * What a visitor comes for: one in five wants a fixed date (확정일자), whose legal rank is the order of receipt.
 * @param fixedDate share of those; more where a guard of that rank needs cases to look at
 */
export function kindOfCase(random: () => number, fixedDate = 0.2): string {
  return random() < fixedDate ? 'fixed-date' : 'resident-registration'
}
