import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { postgresUser } from '../../harness/runtimes/link-url.ts'
import { postgresCommand } from '../../harness/runtimes/processes/postgres.ts'

/** A real PostgreSQL for the tests of one file, gone with them. */
export interface TestPostgres extends AsyncDisposable {
  /** A fresh, empty database; returns its URL. */
  createDatabase(): Promise<string>
}

/** Starts a cluster in the temporary directory, on a port of its own, just as the runtime `processes` does. */
export async function startPostgres(): Promise<TestPostgres> {
  const directory = await mkdtemp(join(tmpdir(), 'saeol-chaos-postgres-'))
  const port = await freePort()
  const { command, args, ...account } = await postgresCommand(join(directory, 'data'), 'test', port)
  if (account.uid !== undefined) await chown(directory, account.uid, account.gid!)
  const server = spawn('sh', ['-c', untilParentDies, 'sh', directory, command, ...args], {
    ...account,
    cwd: directory,
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  const url = (database: string) => `postgres://${postgresUser}@127.0.0.1:${port}/${database}`
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
