import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { identitySchema } from './register.ts'

const roomSchema = z.object({
  /** The room's own probe of GPKI. */
  probe: identitySchema,
})

/** What the situation room holds: no key of a duty officer. */
export type Room = z.output<typeof roomSchema>

/** @throws when the file cannot be read or is not what enrolment writes */
export async function readRoom(file: string): Promise<Room> {
  return roomSchema.parse(JSON.parse(await readFile(file, 'utf8')))
}
