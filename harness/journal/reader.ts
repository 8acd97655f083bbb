import { createReadStream } from 'node:fs'
import { BadInput, messageOf } from '../errors.ts'
import { type JournalEvent, journalVersion } from './events.ts'

/**
 * Reads a journal event by event. A last line cut short (the run was killed while writing) is left out and told of by
 * `onTruncated`; anything else that is no event makes the journal corrupt.
 * @throws BadInput naming file and line when it cannot be read, is corrupt, or is of another version.
 */
export async function* readJournal(
  path: string,
  onTruncated: (line: number) => void = () => {},
): AsyncGenerator<JournalEvent> {
  let line = 0
  let partial = ''
  const parse = (text: string): JournalEvent => {
    line++
    let event: JournalEvent
    try {
      event = JSON.parse(text)
    } catch {
      throw new BadInput([`${path} is corrupt: line ${line} is not JSON: ${text.slice(0, 60)}…`])
    }
    if (
      typeof event !== 'object' ||
      event === null ||
      typeof event.kind !== 'string' ||
      typeof event.at !== 'number'
    )
      throw new BadInput([`${path} is corrupt: line ${line} is not a journal event: ${text.slice(0, 60)}…`])
    if (line === 1) {
      if (event.kind !== 'run.started')
        throw new BadInput([`${path} is not a journal: it does not begin with run.started`])
      if (event.version !== journalVersion)
        throw new BadInput([
          `${path} is a journal of version ${event.version}; this saeol-chaos reads version ${journalVersion}`,
        ])
    }
    return event
  }
  const stream = createReadStream(path, { encoding: 'utf8', highWaterMark: 1024 * 1024 })
  try {
    for await (const chunk of stream) {
      const text = partial + (chunk as string)
      let from = 0
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
        yield parse(text.slice(from, end))
        from = end + 1
      }
      partial = text.slice(from)
    }
  } catch (error) {
    if (error instanceof BadInput) throw error
    throw new BadInput([`cannot read the journal ${path}: ${messageOf(error)}`])
  }
  if (partial !== '') onTruncated(line + 1)
  if (line === 0) throw new BadInput([`${path} is empty: the run ended before it wrote anything`])
}
