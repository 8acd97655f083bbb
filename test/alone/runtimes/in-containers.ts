/** The tiny system as the command line runs it in containers. */
import { join } from 'node:path'

/** One arm after the other, each event as it happens: the tests wait for words of it. */
export const oneByOne = ['--parallel', '1', '--verbose']

export const scenarios = join(import.meta.dirname, '../../harness/fixtures/in-containers')
