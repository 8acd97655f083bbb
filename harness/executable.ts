import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Looks for an executable on PATH. @returns its path, or undefined. */
export function findExecutable(name: string): string | undefined {
  for (const dir of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(dir, name)
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {
      // Not here.
    }
  }
  return undefined
}
