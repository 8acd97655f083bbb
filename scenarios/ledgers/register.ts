import type { InvariantReader } from '../../harness/index.ts'
import { outboxAtClose } from './outbox.ts'
import { facts, rows } from './read.ts'

/** Who looked up whom in the resident register, and what citizens handed in at the portal. */
export const registerInvariants: Readonly<Record<string, InvariantReader>> = {
  'every look-up is on record': async (topology) => {
    const issued = await rows<{ what: string; recorded: boolean }>(topology, issuedAndRecorded)
    return facts(
      issued,
      issued.filter(({ recorded }) => !recorded).map(({ what }) => `${what} is not on the register's record`),
      `look-ups for ${issued.length} pairs of who asked and about whom, sought on the register's record`,
    )
  },

  'citizens look up nobody but themselves': async (topology) => {
    const asked = await rows<{ requester: string; subject: string }>(
      topology,
      `select requester, subject from look_ups where system = 'gov24'`,
    )
    return facts(
      asked,
      asked
        .filter(({ requester, subject }) => requester !== subject)
        .map(({ requester, subject }) => `${requester} looked up ${subject}`),
      `${asked.length} look-ups by the portal`,
    )
  },

  'applications received': async (topology, signal) => {
    await outboxAtClose(topology, signal)
    const applications = await rows<{ number: string }>(
      topology,
      'select coalesce(portal_number, number::text) as number from applications',
    )
    return {
      ...facts(applications, [], `${applications.length} applications in Saeol's ledger`),
      ids: applications.map(({ number }) => number),
    }
  },
}

/** A document cannot be made without a look-up, so there are at least as many of those, by whom and about whom. */
const issuedAndRecorded = `
  with issued as (
    select 'saeol' as system, official as requester, resident as subject, count(*) as documents
    from certificates group by 2, 3
    union all
    select 'gov24', resident, resident, count(*) from applications group by resident
  )
  select documents || ' look-ups of ' || subject || ' by ' || requester || ' (' || system || ')' as what,
    documents <= (
      select count(*) from look_ups
      where look_ups.system = issued.system and look_ups.requester = issued.requester
        and look_ups.subject = issued.subject) as recorded
  from issued`
