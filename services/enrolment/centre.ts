import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { personSchema } from './people.ts'

const centreSchema = z.object({
  /** Who sits at the counters. */
  clerks: z.array(personSchema),
  /** The key of each office's counter, with which it signs the receipts it writes. */
  counters: z.array(
    z.object({
      office: z.string(),
      /** base64 */
      privateKeyPkcs8: z.string(),
    }),
  ),
})

/** What the community service centres hold: the secrets of their own people and counters, and of nobody else. */
export type Centre = z.output<typeof centreSchema>

/** @throws when the file cannot be read or is not what enrolment writes */
export async function readCentre(file: string): Promise<Centre> {
  return centreSchema.parse(JSON.parse(await readFile(file, 'utf8')))
}
