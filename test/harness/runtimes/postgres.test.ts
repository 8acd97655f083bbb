import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readdir, readlink, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { isRoot } from '../../../harness/runtimes/host/machine.ts'
import { postgresCommand } from '../../../harness/runtimes/processes/postgres.ts'

let place: string

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'saeol-test-'))
  // As root, PostgreSQL runs as somebody who must be able to pass through.
  await chmod(place, 0o755)
  vi.stubEnv('SAEOL_CHAOS_CACHE', join(place, 'cache'))
})

afterAll(async () => {
  vi.unstubAllEnvs()
  await rm(place, { recursive: true, force: true })
})

const skipped = isRoot()
  ? ''
  : ' (skipped: only root runs it from a copy, all others share the one of this tree)'

test.skipIf(!isRoot())(
  `mends a cached PostgreSQL whose libraries lead into a tree that is gone${skipped}`,
  async () => {
    const { command } = await postgresCommand(join(place, 'first'), 'mended', 1)
    const libraries = resolve(dirname(command), '..', 'lib')
    const links = (await readdir(libraries, { withFileTypes: true })).filter((entry) =>
      entry.isSymbolicLink(),
    )
    expect(links.length).toBeGreaterThan(0)
    for (const { name } of links) {
      const path = join(libraries, name)
      const gone = join(place, 'gone', await readlink(path))
      await rm(path)
      await symlink(gone, path)
    }

    await postgresCommand(join(place, 'second'), 'mended', 1)

    const { stdout } = await promisify(execFile)(command, ['--version'])
    expect(stdout).toContain('PostgreSQL')
    expect((await readdir(libraries)).filter((name) => /\.[0-9a-f-]{36}$/.test(name))).toEqual([])
  },
)
