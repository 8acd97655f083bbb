import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { ImageSpec } from '../../model/system.ts'

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

/** The same files as a tar stream: the context of a build. Owned by nobody in particular, so that the cache knows them again. */
export function packSources({ context, dockerfile, sources }: NonNullable<ImageSpec['build']>): Readable {
  const anonymous =
    process.platform === 'linux' ? ['--owner=0', '--group=0', '--numeric-owner'] : ['--uid=0', '--gid=0']
  const tar = spawn('tar', ['-C', context, ...anonymous, '-cf', '-', '-T', '-'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, COPYFILE_DISABLE: '1' },
  })
  tar.once('error', (error) => tar.stdout.destroy(error))
  tar.stdin.end(sourceFiles(context, [dockerfile, ...sources]).join('\n'))
  return tar.stdout
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
