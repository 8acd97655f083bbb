/** The duty officers of a test: what the room and its desks are told, and their keys for those who sign as they would. */
import type { EnrolledFiles } from '../../services/enrolment/cache.ts'
import { type DutyOfficerKey, readDutyOfficer } from '../../services/enrolment/duty-officer-key.ts'
import { type Room, readRoom } from '../../services/enrolment/room.ts'

export interface Duty {
  readonly dutyOfficers: readonly DutyOfficerKey[]
  /** The room's own. */
  readonly probe: Room['probe']
}

export async function dutyOf(files: EnrolledFiles): Promise<Duty> {
  const { desk1File, desk2File, desk3File, roomFile } = files
  const dutyOfficers = await Promise.all([desk1File, desk2File, desk3File].map(readDutyOfficer))
  return { dutyOfficers, probe: (await readRoom(roomFile)).probe }
}

/** Variables of a situation room. */
export function roomFiles(files: EnrolledFiles) {
  return {
    ROOM_FILE: files.roomFile,
    DESK_1_FILE: files.desk1File,
    DESK_2_FILE: files.desk2File,
    DESK_3_FILE: files.desk3File,
  }
}
