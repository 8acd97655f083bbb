import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The directory of the nearest package.json above a file; else the file's own. */
export function projectRoot(file: string): string {
  for (let dir = dirname(file); dir !== dirname(dir); dir = dirname(dir))
    if (existsSync(join(dir, 'package.json'))) return dir
  return dirname(file)
}
