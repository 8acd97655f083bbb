import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { leasePorts } from '../../harness/runtimes/host/ports.ts'
import { postgresUser } from '../../harness/runtimes/link-url.ts'
import { postgresCommand } from '../../harness/runtimes/processes/postgres.ts'

/** A real PostgreSQL for the tests of one file, gone with them. */
export interface TestPostgres extends AsyncDisposable {
  /** A fresh, empty database; returns its URL. */
  createDatabase(): Promise<string>
}

/** How long a start may take, ms: far more than it does, since several files start their own at once on a busy host. */
const startWithinMs = 45_000

/**
 * Starts a cluster in the temporary directory, just as the runtime `processes` does: on a port that is leased, so that
 * no other file, run or outgoing connection can take it.
 * @throws Error with what PostgreSQL itself said.
 */
export async function startPostgres(): Promise<TestPostgres> {
  await using stack = new AsyncDisposableStack()
  const lease = stack.use(await leasePorts(1))
  const port = lease.ports[0]!
  const directory = await mkdtemp(join(tmpdir(), 'saeol-chaos-postgres-'))
  stack.defer(() => rm(directory, { recursive: true, force: true }))
  const { command, args, ...account } = await postgresCommand(join(directory, 'data'), 'test', port)
  if (account.uid !== undefined) await chown(directory, account.uid, account.gid!)
  const server = spawn('sh', ['-c', untilParentDies, 'sh', directory, command, ...args], {
    ...account,
    cwd: directory,
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  const ended = new Promise<string>((resolve) => {
    server.once('error', (error) => resolve(error.message))
    server.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`))
  })
  stack.defer(async () => {
    server.stdin.end()
    await ended
  })
  server.stdin.on('error', () => {})
  const url = (database: string) => `postgres://${postgresUser}@127.0.0.1:${port}/${database}`
  await accepting(server.stderr, ended, url('postgres'))
  const started = stack.move()
  return {
    async createDatabase() {
      const name = `test_${randomBytes(6).toString('hex')}`
      const client = new pg.Client({ connectionString: url('postgres') })
      await client.connect()
      await client.query(`create database ${name}`)
      await client.end()
      return url(name)
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
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
wait $postgres; ended=$?
cd / && rm -rf "$directory"
exit $ended`

/** @throws Error with the server's own words when it ends or does not accept a connection in time. */
async function accepting(stderr: Readable, ended: Promise<string>, url: string): Promise<void> {
  let said = ''
  stderr.on('data', (chunk) => {
    said += chunk
  })
  const given = new AbortController()
  const connected = async () => {
    while (!given.signal.aborted) {
      const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
      client.on('error', () => {})
      try {
        await client.connect()
        await client.end()
        return
      } catch {
        await sleep(50)
      }
    }
  }
  const failed = async (how: string) => {
    throw new Error(`PostgreSQL did not start (${how}): ${said}`)
  }
  const tooLate = sleep(startWithinMs, `no connection within ${startWithinMs} ms`, given).catch(() => '')
  try {
    await Promise.race([connected(), Promise.race([ended, tooLate]).then(failed)])
  } finally {
    given.abort()
  }
}
