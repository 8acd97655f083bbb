import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, DatabaseError, Pool, type PoolClient, type QueryResult, type QueryResultRow } from 'pg'
import { DownstreamError } from './downstream-error.ts'
import type { Log } from './log.ts'

/** Runs one statement; on the pool, or inside a transaction. */
export interface Queries {
  /** @throws DownstreamError when PostgreSQL does not answer, DatabaseError when it refuses the statement */
  query<Row extends QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]>
}

/** A service's own pool of connections to PostgreSQL, over its own link. */
export interface Database extends Queries {
  /** Commits what `work` did, or rolls all of it back when it throws. */
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>
  close(): Promise<void>
}

export interface DatabaseOptions {
  /** "saeol→postgres", for errors. */
  readonly link?: string
  readonly url: string
  readonly poolSize: number
  /** Longest wait for a connection, and for a statement, in ms. */
  readonly timeoutMs: number
  readonly log: Log
}

export function createDatabase(options: DatabaseOptions): Database {
  const pool = new Pool({
    connectionString: options.url,
    max: options.poolSize,
    connectionTimeoutMillis: options.timeoutMs,
    query_timeout: options.timeoutMs,
    // Idle connections stay: opening one costs PostgreSQL a process.
    idleTimeoutMillis: 0,
    keepAlive: true,
  })
  const { link = 'postgres' } = options
  pool.on('error', (error) => options.log.warn({ err: error }, 'an idle connection to PostgreSQL broke'))

  return {
    async query<Row extends QueryResultRow>(sql: string, values?: readonly unknown[]) {
      return rowsOf(link, pool.query<Row>(sql, values === undefined ? undefined : [...values]))
    },
    async transaction(work) {
      const client = await pool.connect().catch((error: unknown) => {
        throw translated(link, error)
      })
      const ignore = () => {} // The statement under way fails with the same error; without a listener it is fatal.
      client.on('error', ignore)
      const queries = queriesOf(link, client)
      try {
        await queries.query('begin')
        const result = await work(queries)
        await queries.query('commit')
        client.release()
        return result
      } catch (error) {
        await rollback(client, error)
        throw error
      } finally {
        client.off('error', ignore)
      }
    },
    close: () => pool.end(),
  }
}

function queriesOf(link: string, client: PoolClient): Queries {
  return {
    async query<Row extends QueryResultRow>(sql: string, values?: readonly unknown[]) {
      return rowsOf(link, client.query<Row>(sql, values === undefined ? undefined : [...values]))
    },
  }
}

async function rowsOf<Row extends QueryResultRow>(
  link: string,
  result: Promise<QueryResult<Row>>,
): Promise<Row[]> {
  try {
    return (await result).rows
  } catch (error) {
    throw translated(link, error)
  }
}

/** Back to the pool if PostgreSQL itself, or our own code, refused; a connection that broke is thrown away. */
async function rollback(client: PoolClient, error: unknown): Promise<void> {
  if (!(error instanceof DownstreamError)) {
    try {
      await client.query('rollback')
      client.release()
      return
    } catch {
      // Falls through: a connection that cannot roll back is of no more use.
    }
  }
  client.release(true)
}

/** Operator intervention, connection exceptions and too many connections: the server is not there for us. */
const awayStates = /^(57P|08|53300)/

/** The driver has no class for a link that broke or does not answer: only a message, or a code of the system. */
function translated(link: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof DownstreamError) return error
  if (error instanceof DatabaseError) {
    return awayStates.test(error.code ?? '')
      ? new DownstreamError(link, 'unreachable', error.message, error)
      : error
  }
  if (/timeout/i.test(error.message)) return new DownstreamError(link, 'timeout', error.message, error)
  return 'syscall' in error || /connection/i.test(error.message)
    ? new DownstreamError(link, 'unreachable', error.message, error)
    : error
}

/** How long a start waits for PostgreSQL to accept connections, and for one who migrates already, in ms. */
const migrationPatienceMs = 10_000

/**
 * Creates a service's tables, once, whoever comes first: an advisory lock keeps two starting instances apart. Over
 * a connection of its own, as a start may wait longer than a request.
 * @param sql idempotent statements (`create … if not exists`), run in one transaction and one round trip
 * @throws when PostgreSQL cannot be reached in ten seconds, or refuses the statements
 */
export async function migrate(url: string, name: string, sql: string): Promise<void> {
  const lock = createHash('sha256').update(name).digest().readInt32BE(0)
  // Several statements in one simple query are one transaction, which also holds the lock.
  const script = `select pg_advisory_xact_lock(${lock}); ${sql}`
  const endsAt = performance.now() + migrationPatienceMs
  for (;;) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: migrationPatienceMs })
    try {
      await client.connect()
      await client.query(script)
      return
    } catch (error) {
      if (performance.now() > endsAt || !isNotYetUp(error)) throw error
      await sleep(50)
    } finally {
      await client.end()
    }
  }
}

/** 57P03: "the database system is starting up". */
function isNotYetUp(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false
  return error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET' || error.code === '57P03'
}
