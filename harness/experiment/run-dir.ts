import { randomBytes } from 'node:crypto'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmSync,
  statfsSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { BadInput, messageOf } from '../errors.ts'

/** Free space below which a run is not started, MiB: a run's journal and logs take a few. */
const neededMiB = 100

/** Makes the directory of a new run. Its name sorts by time and never collides. @throws BadInput when it cannot be written. */
export function makeRunDir(out: string): { id: string; dir: string } {
  const runs = join(resolve(out), 'runs')
  const isNew = !existsSync(out)
  try {
    mkdirSync(runs, { recursive: true })
    // What nobody made but this program is nobody's to commit; a directory that was there is its owner's.
    if (isNew) writeFileSync(join(resolve(out), '.gitignore'), '*\n')
    const { bavail, bsize } = statfsSync(runs)
    const freeMiB = Math.floor((bavail * bsize) / 1024 / 1024)
    if (freeMiB < neededMiB)
      throw new Error(
        `only ${freeMiB} MiB are free there, a run needs ${neededMiB}: remove old runs (--keep-runs) or choose another --out`,
      )
    const id = `${new Date().toISOString().replace(/[:.]/g, '-').replace('Z', '')}-${randomBytes(3).toString('hex')}`
    mkdirSync(join(runs, id))
    return { id, dir: join(runs, id) }
  } catch (error) {
    throw new BadInput([`cannot keep the run in ${runs}: ${messageOf(error)}`])
  }
}

/**
 * Points `latest` at a run.
 * @returns why it does not, in words for who is about to read an older run: a directory of somebody's own stands there, or
 * the file system has no links. The run itself is there all the same.
 */
export function pointLatest(out: string, dir: string): string | undefined {
  const latest = join(resolve(out), 'latest')
  const stale = (why: string): string => `${latest} does not lead to this run: ${why}; this run is in ${dir}`
  const there = lstatSync(latest, { throwIfNoEntry: false })
  if (there !== undefined && !there.isSymbolicLink())
    return stale(`it is a ${there.isDirectory() ? 'directory' : 'file'}, which is left as it is: remove it`)
  const aside = join(resolve(out), `.latest-${basename(dir)}`)
  try {
    // Renamed into place: another run may be doing the same at this moment.
    symlinkSync(relative(resolve(out), dir), aside)
    renameSync(aside, latest)
    return undefined
  } catch (error) {
    rmSync(aside, { force: true })
    return stale(messageOf(error))
  }
}
