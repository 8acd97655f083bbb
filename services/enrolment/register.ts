import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { credentialSchema } from './credential.ts'

export const identitySchema = z.object({
  id: z.string(),
  certificateChain: z.array(z.string()).min(1),
  privateKeyPkcs8: z.string(),
})

/** A certificate and its key, held by a probe so that it can ask what an official asks. */
export type Identity = z.output<typeof identitySchema>

const registeredOfficial = z.object({
  id: z.string(),
  office: z.string(),
  status: z.enum(['active', 'disabled', 'revoked']),
  terminal: z.string(),
  totpSecretBase32: z.string(),
  /** Null: never enrolled for the password login, and logs in by certificate alone. */
  credential: credentialSchema.nullable(),
  /** base64; of the key in the official's certificate, for what they sign at their desk. */
  publicKeySpki: z.string(),
})

/** The counter of an office, whose key signs each receipt as it is written. */
const counter = z.object({
  office: z.string(),
  /** base64 */
  publicKeySpki: z.string(),
})

const dutyOfficer = z.object({
  id: z.string(),
  /** base64 */
  publicKeySpki: z.string(),
})

const registerSchema = z.object({
  officials: z.array(registeredOfficial),
  counters: z.array(counter),
  /** Who may open the password login and declare an outage window, two together. */
  dutyOfficers: z.array(dutyOfficer),
  /** Saeol's own probe of GPKI; not an official, so it can verify and not log in. */
  probe: identitySchema,
})

export type RegisteredOfficial = z.output<typeof registeredOfficial>
export type DutyOfficer = z.output<typeof dutyOfficer>

/** What Saeol holds. */
export type Register = z.output<typeof registerSchema>

/** @throws when the file cannot be read or is not what enrolment writes */
export async function readRegister(file: string): Promise<Register> {
  return registerSchema.parse(JSON.parse(await readFile(file, 'utf8')))
}
