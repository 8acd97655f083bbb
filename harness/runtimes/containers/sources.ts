import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ImageSpec } from '../../experiment/system.ts'

/** Label of an image that was built here: what it was built of. */
export const sourcesLabel = 'saeol-chaos.sources'

/** What an image is built of, as one hash: names and contents of its sources, and its Dockerfile. */
export function sourcesHash({
  context,
  dockerfile,
  target,
  sources,
}: NonNullable<ImageSpec['build']>): string {
  const hash = createHash('sha256').update(target ?? '')
  for (const file of sourceFiles(context, [dockerfile, ...sources]))
    hash.update(`\0${file}\0`).update(readFileSync(join(context, file)))
  return hash.digest('hex').slice(0, 16)
}

/** Every file of these files and directories, relative to the context. */
function sourceFiles(context: string, sources: readonly string[]): string[] {
  const files = sources.flatMap((source) => {
    try {
      return readdirSync(join(context, source), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(join(context, '/').length))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOTDIR') throw error
      return [source]
    }
  })
  return [...new Set(files)].sort()
}
