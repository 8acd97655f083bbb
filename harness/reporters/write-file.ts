import { writeSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { HarnessError, messageOf } from '../errors.ts'

/**
 * Writes a file whole or not at all: a reader never sees half of it, a crash leaves the old one.
 * @throws HarnessError naming the file.
 */
export function writeWhole(path: string, text: string): Promise<void> {
  return writePieces(path, async (write) => write(text))
}

/**
 * The same of a text that comes piece by piece, of which little is held in memory.
 * @param fill writes all of it; what it throws is told as the reason
 * @throws HarnessError naming the file.
 */
export async function writePieces(
  path: string,
  fill: (write: (text: string) => void) => Promise<void>,
): Promise<void> {
  const unfinished = `${path}.${process.pid}.unfinished`
  try {
    const file = await open(unfinished, 'w')
    try {
      const pieces = gathered((text) => writeAll(file.fd, text))
      await fill(pieces.write)
      pieces.flush()
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(unfinished, path)
  } catch (thrown) {
    await rm(unfinished, { force: true }).catch(() => undefined)
    throw new HarnessError(`cannot write ${path}: ${messageOf(thrown)}`, { cause: thrown })
  }
}

/** Characters that are gathered before they are written: a system call for each piece costs more than the piece. */
const gatherUpTo = 64 * 1024

function gathered(write: (text: string) => void): { write(text: string): void; flush(): void } {
  let waiting = ''
  const flush = (): void => {
    write(waiting)
    waiting = ''
  }
  return {
    write(text) {
      waiting += text
      if (waiting.length >= gatherUpTo) flush()
    },
    flush,
  }
}

/** A write may take a part, as it does where the disk fills up. */
function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at)
}
