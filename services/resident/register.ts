import type { Database } from '../common/database.ts'
import type { Sabotaged } from '../common/sabotage.ts'
import { type Resident, residents } from './residents.ts'

/** In whose name an entry is looked up. */
export interface LookedUpBy {
  readonly system: string
  /** The official or the citizen for whom that system asks. */
  readonly requester: string
}

/** The register in PostgreSQL. */
export interface Register {
  /** Looks somebody up and records who did: both, or neither. */
  find(id: string, by: LookedUpBy): Promise<Resident | undefined>
  count(): Promise<number>
}

export const registerSchema = `
  create table if not exists residents (
    id text primary key,
    name text not null,
    birth_date text not null,
    address text not null,
    household jsonb not null
  );
  create table if not exists look_ups (
    id bigint generated always as identity primary key,
    at timestamptz(3) not null,
    system text not null,
    requester text not null,
    subject text not null,
    found boolean not null
  )`

const lookUp = `
  with entry as (
    select id, name, birth_date as "birthDate", address, household from residents where id = $1
  ), recorded as (
    insert into look_ups (at, system, requester, subject, found)
    select $2, $3, $4, $1, exists (select from entry) where $5
  )
  select * from entry`

/** Every how many look-ups the sabotage `unlogged-look-ups` records none. */
const unloggedOneIn = 5

/** Fills the table if that has not been done. */
export async function openRegister(options: {
  readonly database: Database
  readonly seed: string
  readonly count: number
  readonly sabotaged: Sabotaged
  /** Epoch ms. */
  readonly now: () => number
}): Promise<Register> {
  const { database, seed, count, sabotaged, now } = options
  let looked = 0
  await database.query(
    `insert into residents
     select * from jsonb_to_recordset($1) as r(id text, name text, birth_date text, address text, household jsonb)
     on conflict do nothing`,
    [
      JSON.stringify(
        residents(seed, count).map(({ birthDate, ...rest }) => ({ ...rest, birth_date: birthDate })),
      ),
    ],
  )
  return {
    async find(id, { system, requester }) {
      looked += 1
      const isRecorded = !(sabotaged('unlogged-look-ups') && looked % unloggedOneIn === 0)
      const values = [id, new Date(now()), system, requester, isRecorded]
      const [row] = await database.query<Resident>(lookUp, values)
      return row
    },
    async count() {
      const [row] = await database.query<{ count: number }>('select count(*)::int as count from residents')
      return row?.count ?? 0
    },
  }
}
