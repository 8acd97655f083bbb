import { readFile } from 'node:fs/promises'
import { z } from 'zod'

const trustSchema = z.object({
  /** base64 DER */
  rootCertificate: z.string(),
  /** base64 DER; signs certificates and revocation lists. */
  issuingCertificate: z.string(),
})

/** What the verification servers hold: no secret of anybody. */
export type Trust = z.output<typeof trustSchema>

/** @throws when the file cannot be read or is not what enrolment writes */
export async function readTrust(file: string): Promise<Trust> {
  return trustSchema.parse(JSON.parse(await readFile(file, 'utf8')))
}
