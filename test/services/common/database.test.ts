import { createConnection, createServer } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { leasePorts } from '../../../harness/runtimes/host/ports.ts'
import { createDatabase, type Database, migrate } from '../../../services/common/database.ts'
import { createLog } from '../../../services/common/log.ts'
import { startPostgres, type TestPostgres } from '../postgres.ts'

let postgres: TestPostgres
const open: Database[] = []
const log = createLog({ SERVICE_NAME: 'test', LOG_LEVEL: 'silent' })

function connect(url: string, poolSize = 4, timeoutMs = 5_000): Database {
  const database = createDatabase({ link: 'here→postgres', url, poolSize, timeoutMs, log })
  open.push(database)
  return database
}

beforeAll(async () => {
  postgres = await startPostgres()
})

afterAll(async () => {
  await Promise.all(open.map((database) => database.close()))
  await postgres?.[Symbol.asyncDispose]()
})

test('a transaction commits all or nothing, and its connection is good again', async () => {
  const database = connect(await postgres.createDatabase(), 1)
  await database.query('create table t (a int unique)')
  await expect(
    database.transaction(async (queries) => {
      await queries.query('insert into t values (1)')
      await queries.query('insert into t values (1)')
    }),
  ).rejects.toThrow(/duplicate key/)
  await expect(
    database.transaction(async (queries) => {
      await queries.query('insert into t values (2)')
      throw new Error('changed our mind')
    }),
  ).rejects.toThrow('changed our mind')
  expect(await database.query('select a from t')).toEqual([])
  await database.transaction((queries) => queries.query('insert into t values (3)'))
  expect(await database.query('select a from t')).toEqual([{ a: 3 }])
})

test('a connection that PostgreSQL ends is replaced, in a transaction and at rest', async () => {
  const url = await postgres.createDatabase()
  const database = connect(url, 2)
  const other = connect(url, 1)
  const endAll = () =>
    other.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    )
  await expect(
    database.transaction(async (queries) => {
      await endAll()
      await queries.query('select 1')
    }),
  ).rejects.toMatchObject({ name: 'DownstreamError', link: 'here→postgres', kind: 'unreachable' })
  expect(await database.query('select 1 as one')).toEqual([{ one: 1 }])
  await endAll()
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(await database.query('select 1 as one')).toEqual([{ one: 1 }])
})

test('a statement that takes too long fails, and does not spoil the next', async () => {
  const database = connect(await postgres.createDatabase(), 1, 1_000)
  const tooLong = { name: 'DownstreamError', link: 'here→postgres', kind: 'timeout' }
  await expect(database.query('select pg_sleep(20)')).rejects.toMatchObject(tooLong)
  await expect(database.transaction((queries) => queries.query('select pg_sleep(20)'))).rejects.toMatchObject(
    tooLong,
  )
  expect(await database.query('select 1 as one')).toEqual([{ one: 1 }])
})

test('instances that start at the same time create the tables once', async () => {
  const url = await postgres.createDatabase()
  const schema =
    "create sequence if not exists s; create table if not exists t (a int default nextval('s')); select pg_sleep(0.05)"
  await Promise.all(Array.from({ length: 8 }, () => migrate(url, 'test', schema)))
  expect(await connect(url).query('select count(*)::int as count from t')).toEqual([{ count: 0 }])
})

test('a schema with an error leaves nothing behind', async () => {
  const url = await postgres.createDatabase()
  const database = connect(url, 1)
  await expect(migrate(url, 'test', 'create table half (a int); create tabel typo (a int)')).rejects.toThrow(
    /syntax error/,
  )
  await expect(database.query('select * from half')).rejects.toThrow(/does not exist/)
})

test('a start waits for PostgreSQL to come up', async () => {
  const url = new URL(await postgres.createDatabase())
  const late = new URL(url)
  using lease = await leasePorts(1)
  late.port = String(lease.ports[0])
  const migrating = migrate(late.href, 'test', 'create table late (a int)')
  await new Promise((resolve) => setTimeout(resolve, 200))
  const proxy = createServer((socket) => {
    const upstream = createConnection(Number(url.port), '127.0.0.1')
    socket.pipe(upstream).pipe(socket)
  })
  proxy.listen(Number(late.port), '127.0.0.1')
  await migrating
  proxy.close()
  expect(await connect(url.href).query('select * from late')).toEqual([])
})

test('a PostgreSQL that is not there is an unreachable link, in a transaction too', async () => {
  using lease = await leasePorts(1)
  const database = connect(`postgres://postgres@127.0.0.1:${lease.ports[0]}/nowhere`)
  const away = { name: 'DownstreamError', kind: 'unreachable' }
  await expect(database.query('select 1')).rejects.toMatchObject(away)
  await expect(database.transaction((queries) => queries.query('select 1'))).rejects.toMatchObject(away)
})

test('an error of our own passes through a transaction as it is', async () => {
  const database = connect(await postgres.createDatabase())
  const mine = new Error('no connection to the audit, said somebody')
  await expect(database.transaction(() => Promise.reject(mine))).rejects.toBe(mine)
})
