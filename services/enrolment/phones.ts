import { readFile } from 'node:fs/promises'
import { z } from 'zod'

export const phoneSchema = z.object({
  residentId: z.string(),
  /** base64, 32 bytes; the phone and the provider share it. */
  secret: z.string(),
})

const phonesSchema = z.object({ phones: z.array(phoneSchema) })

/** What the provider of simple authentication holds. */
export type Phones = z.output<typeof phonesSchema>

/** @throws when the file cannot be read or is not what enrolment writes */
export async function readPhones(file: string): Promise<Phones> {
  return phonesSchema.parse(JSON.parse(await readFile(file, 'utf8')))
}
