import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { type MobileId, mobileIdSchema, mobileIdSubject } from '../mobile-id/document.ts'
import { createSigner } from '../saeol/ledger/papers.ts'
import { validity } from './authority.ts'
import { pkcs8Base64, seededKeys, spkiBase64 } from './seeded.ts'

const issuerSchema = z.object({
  /** base64; it signs mobile IDs. */
  privateKeyPkcs8: z.string(),
})
const verifierSchema = z.object({
  /** base64 */
  issuerKeySpki: z.string(),
})

/** Somebody whose phone has had an ID for long. */
export const holderSchema = z.object({
  residentId: z.string(),
  /** base64; the phone's own. */
  privateKeyPkcs8: z.string(),
  id: mobileIdSchema,
  /** The one before, whose time is over. */
  expired: mobileIdSchema,
})

type Holder = z.output<typeof holderSchema>

export interface MobileIds {
  readonly issuer: z.output<typeof issuerSchema>
  readonly verifier: z.output<typeof verifierSchema>
  readonly holders: readonly Holder[]
}

/** Residents whose phones have an ID, at most. † ours: as many as are shown in a few seconds. */
const mostHolders = 60

/** @throws when the file cannot be read or is not what enrolment writes */
export async function readIssuerOfIds(file: string): Promise<z.output<typeof issuerSchema>> {
  return issuerSchema.parse(JSON.parse(await readFile(file, 'utf8')))
}

/** @throws when the file cannot be read or is not what enrolment writes */
export async function readVerifierOfIds(file: string): Promise<z.output<typeof verifierSchema>> {
  return verifierSchema.parse(JSON.parse(await readFile(file, 'utf8')))
}

/** The issuer's key, and the last of the residents with the IDs that they have. */
export async function enrolMobileIds(seed: string, residents: readonly string[]): Promise<MobileIds> {
  const keys = await seededKeys(seed, 'issuer of mobile IDs')
  const privateKeyPkcs8 = pkcs8Base64(keys)
  const sign = createSigner(privateKeyPkcs8)
  const signed = (said: Omit<MobileId, 'signature'>): MobileId => ({
    ...said,
    signature: sign(mobileIdSubject(said)),
  })
  const holders = residents.slice(-mostHolders).map(async (residentId, index): Promise<Holder> => {
    const phone = await seededKeys(seed, `mobile ID of ${residentId}`)
    const said = {
      // Far from the numbers that are given in a replay.
      number: `M-${900_000 + index}`,
      residentId,
      holderKeySpki: await spkiBase64(phone),
      issuedAt: validity.from.toISOString(),
      expiresAt: validity.to.toISOString(),
      temporary: false,
    }
    const over = { number: `M-${800_000 + index}`, expiresAt: '2023-01-01T00:00:00.000Z' }
    return {
      residentId,
      privateKeyPkcs8: pkcs8Base64(phone),
      id: signed(said),
      expired: signed({ ...said, ...over }),
    }
  })
  return {
    issuer: { privateKeyPkcs8 },
    verifier: { issuerKeySpki: await spkiBase64(keys) },
    holders: await Promise.all(holders),
  }
}
