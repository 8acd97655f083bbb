import { readFile } from 'node:fs/promises'
import { z } from 'zod'

const issuerSchema = z.object({
  /** base64 DER */
  issuingCertificate: z.string(),
  /** base64 */
  privateKeyPkcs8: z.string(),
  /** Serial numbers that were revoked before the day begins, hexadecimal. */
  revoked: z.array(z.string()),
})

/** What the issuing authority holds: the key that signs its revocation lists. */
export type Issuer = z.output<typeof issuerSchema>

/** @throws when the file cannot be read or is not what enrolment writes */
export async function readIssuer(file: string): Promise<Issuer> {
  return issuerSchema.parse(JSON.parse(await readFile(file, 'utf8')))
}
