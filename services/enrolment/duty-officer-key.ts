import { readFile } from 'node:fs/promises'

/** What one duty officer's desk holds, and no other. */
export interface DutyOfficerKey {
  readonly id: string
  /** base64 */
  readonly privateKeyPkcs8: string
}

/**
 * Checked by hand: a desk is a small process, and the library that checks schemas would be most of its start.
 * @throws when the file cannot be read or is not what enrolment writes
 */
export async function readDutyOfficer(file: string): Promise<DutyOfficerKey> {
  const { id, privateKeyPkcs8 } = JSON.parse(await readFile(file, 'utf8')) as Partial<DutyOfficerKey>
  if (typeof id === 'string' && typeof privateKeyPkcs8 === 'string') return { id, privateKeyPkcs8 }
  throw new Error(`${file} holds no key of a duty officer`)
}
