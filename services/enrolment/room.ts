import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { identitySchema } from './register.ts'

/** What a duty officer signs with. */
export const dutyOfficerKeySchema = z.object({
  id: z.string(),
  /** base64 */
  privateKeyPkcs8: z.string(),
})

const roomSchema = z.object({
  dutyOfficers: z.array(dutyOfficerKeySchema),
  /** The room's own probe of GPKI. */
  probe: identitySchema,
})

/** What the situation room holds. */
export type Room = z.output<typeof roomSchema>

/** @throws when the file cannot be read or is not what enrolment writes */
export async function readRoom(file: string): Promise<Room> {
  return roomSchema.parse(JSON.parse(await readFile(file, 'utf8')))
}
