import { createReadStream } from 'node:fs'
import { BadInput, messageOf } from '../errors.ts'
import { type JournalEvent, journalVersion } from './events.ts'
import { upgraded } from './upgrade.ts'

/** Versions that can be read; older ones are upgraded line by line. */
const readable: readonly number[] = [1, 2, 3, 4, journalVersion]

/**
 * Reads a journal event by event. A line that is no event (the run was killed while writing, a disk went bad) comes as
 * `journal.damaged`: what is whole can be judged, and arms that were under way are void.
 * @throws BadInput naming the file when it cannot be read, is no journal, or is of a version that is not known
 */
export async function* readJournal(path: string): AsyncGenerator<JournalEvent> {
  let line = 0
  let lastAt = 0
  let version: number = journalVersion
  for await (const text of linesOf(path)) {
    line++
    const event = parse(text)
    if (line === 1) version = versionOf(path, event)
    if (event !== null) lastAt = event.at
    const read = event ?? { kind: 'journal.damaged', at: lastAt, line }
    yield version < journalVersion ? upgraded(read, version) : read
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

async function* linesOf(path: string): AsyncGenerator<string> {
  let partial = ''
  try {
    for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 64 * 1024 })) {
      const text = partial + (chunk as string)
      let from = 0
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
        yield text.slice(from, end)
        from = end + 1
      }
      partial = text.slice(from)
    }
  } catch (error) {
    throw new BadInput([`cannot read the journal ${path}: ${messageOf(error)}`])
  }
  if (partial !== '') yield partial
}
