import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { pkcs8Base64, seededBytes, seededKeys, spkiBase64 } from './seeded.ts'

/** A ministry and a district: each has an exchange of its own. */
export const agencies = ['ministry', 'district'] as const

export type Agency = (typeof agencies)[number]

const exchangeSchema = z.object({
  agency: z.enum(agencies),
  /** base64; it signs what it sends. */
  privateKeyPkcs8: z.string(),
  /** What its own clerks show. */
  clerksToken: z.string(),
  peer: z.object({
    agency: z.enum(agencies),
    /** base64 */
    publicKeySpki: z.string(),
  }),
})

/** What the exchange of one agency holds. */
export type ExchangeOffice = z.output<typeof exchangeSchema>

/** What the clerks of each agency hold. */
export const agencyClerksSchema = z.object({ agency: z.enum(agencies), clerksToken: z.string() })

/** @throws when the file cannot be read or is not what enrolment writes */
export async function readExchange(file: string): Promise<ExchangeOffice> {
  return exchangeSchema.parse(JSON.parse(await readFile(file, 'utf8')))
}

/** The exchange of each agency, from the seed alone. */
export async function enrolExchanges(seed: string): Promise<Readonly<Record<Agency, ExchangeOffice>>> {
  const [ministry, district] = await Promise.all(
    agencies.map((agency) => seededKeys(seed, `exchange ${agency}`)),
  )
  const token = (agency: Agency) => seededBytes(seed, `clerks of ${agency}`, 24).toString('base64url')
  return {
    ministry: {
      agency: 'ministry',
      privateKeyPkcs8: pkcs8Base64(ministry!),
      clerksToken: token('ministry'),
      peer: { agency: 'district', publicKeySpki: await spkiBase64(district!) },
    },
    district: {
      agency: 'district',
      privateKeyPkcs8: pkcs8Base64(district!),
      clerksToken: token('district'),
      peer: { agency: 'ministry', publicKeySpki: await spkiBase64(ministry!) },
    },
  }
}
