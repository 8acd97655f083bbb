import { join } from 'node:path'

/**
 * Where an arm's services log, a file each.
 * @param dir of the run
 * @param attempt of the arm, from 1
 */
export function logDirOf(dir: string, scenario: string, arm: string, attempt: number): string {
  return join(dir, 'logs', scenario, attempt === 1 ? arm : `${arm}-${attempt}`)
}
