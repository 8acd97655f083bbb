import { createHash, randomUUID } from 'node:crypto'
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createSabotage, type SabotageName } from '../common/sabotage.ts'
import { defaultSizes, type EnrolmentSizes, enrol } from './enrol.ts'

/** Raised whenever enrolment would make something else of the same seed, so that old files are not used again. */
const version = 13

/** Deliberate defects of enrolment itself. */
export const enrolmentSabotages = ['one-salt', 'cheap-hash'] as const satisfies readonly SabotageName[]
type EnrolmentSabotage = (typeof enrolmentSabotages)[number]

export interface EnrolledFiles {
  readonly peopleFile: string
  readonly centreFile: string
  readonly registerFile: string
  readonly roomFile: string
  /** Each for the desk of one duty officer. */
  readonly desk1File: string
  readonly desk2File: string
  readonly desk3File: string
  readonly trustFile: string
  readonly issuerFile: string
  readonly phonesFile: string
  readonly procurementFile: string
  readonly exchangeMinistryFile: string
  readonly exchangeDistrictFile: string
  readonly idIssuerFile: string
  readonly idVerifierFile: string
}

/**
 * The files of `enrol`, made once per seed, sizes and version, and found again afterwards. They appear together
 * or not at all: two runs side by side both get the files of whoever came first.
 * @param options.cacheDir made when it is not there
 * @param options.sabotages what is wrong with these files: they are others than those of the same seed without
 * @throws when the directory cannot be written
 */
export async function enrolled(
  options: {
    readonly cacheDir: string
    readonly seed: string
    readonly sabotages?: readonly EnrolmentSabotage[]
  } & Partial<EnrolmentSizes>,
): Promise<EnrolledFiles> {
  const { cacheDir, seed, sabotages = [], ...given } = options
  const sizes = { ...defaultSizes, ...given }
  const key = createHash('sha256')
    .update(JSON.stringify([version, seed, Object.entries(sizes).sort(), [...sabotages].sort()]))
    .digest('hex')
    .slice(0, 16)
  const directory = join(cacheDir, `enrolment-${key}`)
  const files = filesIn(directory)
  if (await exists(directory)) return files

  const draft = `${directory}.${randomUUID()}.tmp`
  try {
    await mkdir(draft, { recursive: true })
    const {
      people,
      centre,
      register,
      room,
      desks,
      trust,
      issuer,
      phones,
      procurement,
      exchanges,
      mobileIds,
    } = await enrol(seed, sizes, createSabotage(sabotages))
    const drafted = filesIn(draft)
    // Keys and secrets: for the owner only, mock or not.
    const write = (file: string, content: unknown) =>
      writeFile(file, JSON.stringify(content), { mode: 0o600 })
    await Promise.all([
      write(drafted.peopleFile, people),
      write(drafted.centreFile, centre),
      write(drafted.registerFile, register),
      write(drafted.roomFile, room),
      write(drafted.desk1File, desks[0]),
      write(drafted.desk2File, desks[1]),
      write(drafted.desk3File, desks[2]),
      write(drafted.trustFile, trust),
      write(drafted.issuerFile, issuer),
      write(drafted.phonesFile, phones),
      write(drafted.procurementFile, procurement),
      write(drafted.exchangeMinistryFile, exchanges.ministry),
      write(drafted.exchangeDistrictFile, exchanges.district),
      write(drafted.idIssuerFile, mobileIds.issuer),
      write(drafted.idVerifierFile, mobileIds.verifier),
    ])
    await rename(draft, directory)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    // A directory cannot be renamed onto one that has content: somebody else finished first.
    if (!isTaken(error)) throw error
  }
  return files
}

function filesIn(directory: string): EnrolledFiles {
  return {
    peopleFile: join(directory, 'people.json'),
    centreFile: join(directory, 'centre.json'),
    registerFile: join(directory, 'register.json'),
    roomFile: join(directory, 'room.json'),
    desk1File: join(directory, 'desk-1.json'),
    desk2File: join(directory, 'desk-2.json'),
    desk3File: join(directory, 'desk-3.json'),
    trustFile: join(directory, 'trust.json'),
    issuerFile: join(directory, 'issuer.json'),
    phonesFile: join(directory, 'phones.json'),
    procurementFile: join(directory, 'procurement.json'),
    exchangeMinistryFile: join(directory, 'exchange-ministry.json'),
    exchangeDistrictFile: join(directory, 'exchange-district.json'),
    idIssuerFile: join(directory, 'id-issuer.json'),
    idVerifierFile: join(directory, 'id-verifier.json'),
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

function isTaken(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code
  return code === 'ENOTEMPTY' || code === 'EEXIST'
}
