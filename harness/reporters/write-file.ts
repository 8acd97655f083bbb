import { open, rename, rm } from 'node:fs/promises'
import { HarnessError, messageOf } from '../errors.ts'

/**
 * Writes a file whole or not at all: a reader never sees half of it, a crash leaves the old one.
 * @throws HarnessError naming the file.
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  const unfinished = `${path}.${process.pid}.unfinished`
  try {
    const file = await open(unfinished, 'w')
    try {
      await file.writeFile(text)
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
