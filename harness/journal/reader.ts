import { createReadStream } from 'node:fs'
import { BadInput, messageOf } from '../errors.ts'
import { type JournalEvent, journalVersion } from './events.ts'
import { upgraded } from './upgrade.ts'

/** Versions that can be read; older ones are upgraded line by line. */
const readable: readonly number[] = [1, 2, 3, 4, journalVersion]

/** How much of the file is in memory at once. */
const pieceBytes = 256 * 1024
const newline = 0x0a

/**
 * Reads a journal event by event, in order. A line that is no event (the run was killed while writing, a disk went bad)
 * comes as `journal.damaged`: what is whole can be judged, and arms that were under way are void.
 * @param take is called with each event as it is read; a promise for each would cost more than the reading
 * @throws BadInput naming the file when it cannot be read, is no journal, or is of a version that is not known
 */
export async function readJournal(path: string, take: (event: JournalEvent) => void): Promise<void> {
  let line = 0
  let lastAt = 0
  let version: number = journalVersion
  for await (const lines of linesOf(path))
    for (const text of lines) {
      line++
      const event = parse(text)
      if (line === 1) version = versionOf(path, event)
      if (event !== null) lastAt = event.at
      const read = event ?? { kind: 'journal.damaged', at: lastAt, line }
      take(version < journalVersion ? upgraded(read, version) : read)
    }
  if (line === 0) throw new BadInput([`${path} is empty: the run ended before it wrote anything`])
}

function versionOf(path: string, event: JournalEvent | null): number {
  if (event?.kind !== 'run.started')
    throw new BadInput([`${path} is not a journal: it does not begin with run.started`])
  if (!readable.includes(event.version))
    throw new BadInput([
      `${path} is a journal of version ${event.version}; this saeol-chaos reads version ${readable.slice(0, -1).join(', ')} and ${journalVersion}`,
    ])
  return event.version
}

/** Null: it is no event. */
function parse(text: string): JournalEvent | null {
  try {
    const event: unknown = JSON.parse(text)
    const { kind, at } = event as { kind?: unknown; at?: unknown }
    return typeof kind === 'string' && typeof at === 'number' ? (event as JournalEvent) : null
  } catch {
    return null
  }
}

/** The lines of each piece of the file. Only whole lines are made text: no letter is cut in two. */
async function* linesOf(path: string): AsyncGenerator<readonly string[]> {
  let rest = Buffer.alloc(0)
  try {
    for await (const piece of createReadStream(path, { highWaterMark: pieceBytes })) {
      const all = Buffer.concat([rest, piece as Buffer])
      const end = all.lastIndexOf(newline)
      rest = all.subarray(end + 1)
      if (end >= 0) yield all.toString('utf8', 0, end).split('\n')
    }
  } catch (error) {
    throw new BadInput([`cannot read the journal ${path}: ${messageOf(error)}`])
  }
  if (rest.length > 0) yield [rest.toString()]
}
