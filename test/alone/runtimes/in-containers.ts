/** The tiny system as the command line runs it in containers. */
import { join } from 'node:path'
import { oneByOne } from '../../harness/fixtures/command-line.ts'

export const scenarios = join(import.meta.dirname, '../../harness/fixtures/in-containers')

/** @param out where the run is kept */
export function runInContainers(out: string, more: readonly string[]): string[] {
  return ['run', ...oneByOne, ...more, '--runtime', 'containers', '--scenarios', scenarios, '--out', out]
}
