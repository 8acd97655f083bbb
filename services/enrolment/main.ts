import { rm, symlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { enrolled } from './cache.ts'

/**
 * Makes the keys and registers that the services read, where nobody else does: a file for each who holds
 * something, in ENROLMENT_DIR. A second call with the same seed finds them. Exit codes: 0 made · 1 cannot · 4 configuration.
 */
const environment = z.object({
  ENROLMENT_DIR: z.string().min(1),
  SEED: z.string().min(1),
})

const read = environment.safeParse(process.env)
if (!read.success) {
  const problems = read.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`)
  process.stderr.write(`enrolment: the configuration is not valid\n${problems.join('\n')}\n`)
  process.exit(4)
}
const { ENROLMENT_DIR: dir, SEED: seed } = read.data
for (const file of Object.values(await enrolled({ cacheDir: dir, seed }))) {
  const known = join(dir, basename(file))
  await rm(known, { force: true })
  await symlink(join(basename(dirname(file)), basename(file)), known)
}
process.stdout.write(`enrolment: keys and registers of seed ${seed} are in ${dir}\n`)
