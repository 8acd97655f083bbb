import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'

/** A file of JSON lines that only grows. */
export interface JournalFile<Line> extends AsyncDisposable {
  /** Returns once the line is on disk. */
  append(line: Line): Promise<void>
}

interface Waiting {
  readonly text: string
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/**
 * Opens the file and reads what is there. A last line without its end was being written when the process died:
 * nobody was told that it is kept, and it is cut off.
 * @throws when a line in the middle is not readable: the file was damaged, and a person must look
 */
export async function openJournalFile<Line>(
  path: string,
): Promise<{ readonly journal: JournalFile<Line>; readonly lines: readonly Line[] }> {
  await mkdir(dirname(path), { recursive: true })
  const file = await open(path, 'a+')
  try {
    const lines = await readBack<Line>(file, path)
    await syncDirectory(dirname(path))
    return { journal: createJournal(file), lines }
  } catch (error) {
    await file.close()
    throw error
  }
}

async function readBack<Line>(file: FileHandle, path: string): Promise<Line[]> {
  const text = await file.readFile('utf8')
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  if (whole.length < text.length) await file.truncate(Buffer.byteLength(whole))
  return whole
    .split('\n')
    .slice(0, -1)
    .map((line, index) => {
      try {
        return JSON.parse(line) as Line
      } catch {
        throw new Error(
          `${path}:${index + 1}: not readable; mend or move the file, what it keeps may be in it`,
        )
      }
    })
}

function createJournal<Line>(file: FileHandle): JournalFile<Line> {
  let waiting: Waiting[] = []
  let writing: Promise<void> | undefined
  let broken: Error | undefined

  /** One write and one sync for all that came in during the last. */
  async function writeOut(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      try {
        if (broken !== undefined) throw broken
        await file.appendFile(batch.map(({ text }) => text).join(''))
        await file.datasync()
        for (const { resolve } of batch) resolve()
      } catch (error) {
        // After a failed write or sync nobody knows what is on disk: nothing more is promised.
        broken = error as Error
        for (const { reject } of batch) reject(broken)
      }
    }
    writing = undefined
  }

  return {
    append(line) {
      return new Promise((resolve, reject) => {
        waiting.push({ text: `${JSON.stringify(line)}\n`, resolve, reject })
        writing ??= writeOut()
      })
    },
    async [Symbol.asyncDispose]() {
      await writing
      await file.close()
    },
  }
}

/** So that the file itself, not only what is in it, survives. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
