import type { Database } from '../common/database.ts'
import { type Resident, residents } from './residents.ts'

/** The register in PostgreSQL. */
export interface Register {
  find(id: string): Promise<Resident | undefined>
  count(): Promise<number>
}

export const registerSchema = `
  create table if not exists residents (
    id text primary key,
    name text not null,
    birth_date text not null,
    address text not null,
    household jsonb not null
  )`

/** Fills the table if that has not been done. */
export async function openRegister(database: Database, seed: string, count: number): Promise<Register> {
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
    async find(id) {
      const [row] = await database.query<Resident>(
        'select id, name, birth_date as "birthDate", address, household from residents where id = $1',
        [id],
      )
      return row
    },
    async count() {
      const [row] = await database.query<{ count: number }>('select count(*)::int as count from residents')
      return row?.count ?? 0
    },
  }
}
