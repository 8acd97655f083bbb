import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { agencyClerksSchema } from './exchange.ts'
import { holderSchema } from './mobile-ids.ts'
import { phoneSchema } from './phones.ts'
import { procurementPeopleSchema } from './procurement.ts'

export const personSchema = z.object({
  id: z.string(),
  office: z.string(),
  /** base64 DER, the person's own first, the root's last. */
  certificateChain: z.array(z.string()).min(1),
  /** base64 */
  privateKeyPkcs8: z.string(),
  password: z.string(),
  /** SHA-1, 6 digits, 30 s: what every authenticator application speaks. */
  totpSecretBase32: z.string(),
  /** The id of the terminal the person's password login is bound to. */
  terminal: z.string(),
  /** `unenrolled` has everything but a password on record: the one they hold was never enrolled. */
  status: z.enum(['active', 'disabled', 'revoked', 'unenrolled']),
})

const peopleSchema = z.object({
  officials: z.array(personSchema),
  /** Who sits at the counters and enters receipts: officials too. */
  clerks: z.array(personSchema),
  residents: z.array(z.string()),
  /** Residents who have a phone that approves logins. */
  citizens: z.array(phoneSchema),
  /** A genuine receipt of each office, from a day without an outage, in the wrong hands. */
  oldPapers: z.array(
    z.object({
      office: z.string(),
      receiptNumber: z.string(),
      receivedOn: z.string(),
      residentId: z.string(),
      kind: z.string(),
      visit: z.string(),
      seal: z.string(),
    }),
  ),
  /** A challenge that Saeol made, from a day that is over. */
  oldChallenge: z.string(),
  /** Duty officers who are none of the room's: they hold their keys and mean no good. */
  dutyOfficers: z.array(
    z.object({
      id: z.string(),
      /** base64 */
      privateKeyPkcs8: z.string(),
    }),
  ),
  /** Well-formed material that must never get anybody in; `status` says nothing here. */
  strangers: z.array(
    personSchema.extend({
      /**
       * `unknown-official` issued by the right authority to somebody who is not registered ·
       * `foreign-issuer` issued by another authority in a registered official's name ·
       * `retired-authority` issued below the same root, by an authority that makes no revocation list any more ·
       * `expired` a registered official's old certificate · `not-yet-valid` the next one ·
       * `encryption` an official's other certificate, which is not for signatures ·
       * `machine` a server's certificate in an official's name
       */
      kind: z.enum([
        'unknown-official',
        'foreign-issuer',
        'retired-authority',
        'expired',
        'not-yet-valid',
        'encryption',
        'machine',
      ]),
    }),
  ),
  procurement: procurementPeopleSchema,
  /** Clerks of agencies that send each other documents. */
  agencies: z.array(agencyClerksSchema),
  /** Residents whose phones have an ID. */
  holders: z.array(holderSchema),
})

export type Person = z.output<typeof personSchema>

/** What people hold: the client side. */
export type People = z.output<typeof peopleSchema>

/** @throws when the file cannot be read or is not what enrolment writes */
export async function readPeople(file: string): Promise<People> {
  return peopleSchema.parse(JSON.parse(await readFile(file, 'utf8')))
}
