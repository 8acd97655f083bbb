import type { InvariantReader } from '../../harness/index.ts'
import {
  type AuditRecord,
  auditCutOff,
  type ChainHead,
  mockAuditKey,
  verifyChain,
} from '../../services/saeol/audit/chain.ts'
import { manyRefused, refusalLimits } from '../../services/saeol/audit/refusals.ts'
import { facts, receiptsAtClose, rows } from './read.ts'

/** Fallback invariant 8: the audit is whole, and nothing is missing in it. */
export const auditInvariants: Readonly<Record<string, InvariantReader>> = {
  'the audit chain is whole': async (topology) => {
    // One statement, so that records and head are of one moment: late visits may still be writing.
    const [snapshot] = await rows<{ records: AuditRecord[] | null; head: ChainHead }>(
      topology,
      `select (select json_agg(json_build_object('seq', seq, 'id', id, 'at', at, 'kind', kind, 'facts', facts,
                'prevHash', prev_hash, 'hash', hash) order by seq) from audit) as records,
              (select json_build_object('seq', seq, 'hash', hash, 'seal', seal) from audit_head) as head`,
    )
    const records = snapshot!.records ?? []
    const verdict = verifyChain(records, snapshot!.head, mockAuditKey)
    return facts(
      records,
      [
        ...(verdict.ok ? [] : [verdict.problem]),
        ...records
          .filter(({ kind }) => kind === auditCutOff)
          .map(({ seq }) => `record ${seq} tells that the end before it was changed`),
      ],
      `${records.length} audit records, hash by hash`,
    )
  },

  'refusals do not fill the audit': async (topology) => {
    const refused = await rows<{ source: string; at: string }>(
      topology,
      `select facts ->> 'source' as source, at from audit where kind = 'login.refused' order by at`,
    )
    const [counted] = await rows<{ attempts: string }>(
      topology,
      `select coalesce(sum((facts ->> 'attempts')::int), 0) as attempts from audit where kind = '${manyRefused}'`,
    )
    const crowded = [...Map.groupBy(refused, ({ source }) => source)].flatMap(([source, records]) => {
      const most = mostWithin(
        records.map(({ at }) => Number(at)),
        refusalLimits.periodMs,
      )
      // Two periods may meet within one.
      return most > 2 * refusalLimits.perSource
        ? [`${most} refusals of ${source} are on the audit within ${refusalLimits.periodMs} ms`]
        : []
    })
    return facts(
      refused,
      crowded,
      `${refused.length} refused logins on the audit, ${counted!.attempts} more counted`,
    )
  },

  'refused entries on record': async (topology) => {
    const refused = await rows<{ entry: string }>(
      topology,
      `select distinct (facts ->> 'official') || ' ' || (facts ->> 'office') || '/' || (facts ->> 'receiptNumber') as entry
       from audit where kind = 'entry.refused'`,
    )
    return {
      ...facts(refused, [], `${refused.length} refused entries on the audit`),
      ids: refused.map(({ entry }) => entry),
    }
  },

  'everything done is on the audit': async (topology, signal) => {
    await receiptsAtClose(topology, signal)
    // One statement, so that what was done and its record are of one moment.
    const done = await rows<{ what: string; recorded: boolean }>(topology, doneAndRecorded)
    return facts(
      done,
      done.filter(({ recorded }) => !recorded).map(({ what }) => `${what} is not on the audit`),
      `${done.length} entries, outages, openings and logins looked for in the audit`,
    )
  },
}

/** @param moments in their order, ms */
function mostWithin(moments: readonly number[], windowMs: number): number {
  let first = 0
  return moments.reduce((most, moment, index) => {
    while (moments[first]! <= moment - windowMs) first += 1
    return Math.max(most, index - first + 1)
  }, 0)
}

/** A login is recorded a moment after its session was made, ms. † ours: what is younger is not asked about yet. */
const settledMs = 2000

const doneAndRecorded = `
  select 'the entry of ' || office || '/' || receipt_number as what, exists (
    select 1 from audit where kind = 'entry.made' and facts ->> 'office' = office
      and facts ->> 'receiptNumber' = receipt_number and facts ->> 'clerk' = clerk
      and facts ->> 'verifier' = verifier) as recorded
  from retroactive_entries
  union all
  select 'the outage of ' || office || ' declared from ' || from_at, exists (
    select 1 from audit where kind like 'outage-window.%' and facts ->> 'office' = office
      and (facts ->> 'from')::timestamptz = from_at
      and (facts ->> 'to')::timestamptz is not distinct from to_at)
  from outage_windows
  union all
  select 'opening ' || id || ' of the password login', exists (
    select 1 from audit where kind = 'fallback.opened' and facts ->> 'opening' = opening.id::text)
  from fallback_openings opening
  union all
  select 'the closing of opening ' || id, exists (
    select 1 from audit where kind = 'fallback.closed' and facts ->> 'opening' = opening.id::text)
  from fallback_openings opening where closed_at is not null
  union all
  select issued || ' certificates of ' || official || ', who came by password alone', issued <= (
    select count(*) from audit where kind = 'session.used' and facts ->> 'officialId' = official)
  from (
    select official, count(*) as issued from certificates
    where official in (select official from sessions where assurance = 'low')
      and official not in (select official from sessions where assurance = 'high') group by 1) made
  union all
  select sessions || ' logins of ' || official || ' (' || assurance || ')', sessions <= (
    select count(*) from audit where kind = 'login.accepted' and facts ->> 'officialId' = official
      and facts ->> 'assurance' = assurance)
  from (
    select official, assurance, count(*) as sessions from sessions
    where created_at < now() - interval '${settledMs} ms' group by 1, 2) made`
