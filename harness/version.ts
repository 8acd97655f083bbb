import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** This project's version, from the nearest package.json above. */
export const projectVersion: string = (() => {
  for (let dir = import.meta.dirname; dir !== dirname(dir); dir = dirname(dir)) {
    const manifest = join(dir, 'package.json')
    if (existsSync(manifest))
      return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
  }
  return 'unknown'
})()
