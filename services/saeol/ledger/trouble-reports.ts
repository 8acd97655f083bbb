import type { Queries } from '../../common/database.ts'
import { everyOffice, ledgerSystem } from './outage-windows.ts'

/** A counter's word that it could not serve: from its first receipt of that trouble to its last. */
export interface TroubleReport {
  readonly office: string
  readonly from: Date
  readonly to: Date
  /** How many visitors left with a receipt. */
  readonly receipts: number
}

/** What the counter signs. */
export function troubleSubject({ office, from, to, receipts }: TroubleReport) {
  return { action: 'report-trouble', office, from: from.toISOString(), to: to.toISOString(), receipts }
}

/** @returns false when it was reported before */
export async function keepTroubleReport(
  queries: Queries,
  { office, from, to, receipts }: TroubleReport,
  reportedAt: Date,
): Promise<boolean> {
  const inserted = await queries.query(
    `insert into trouble_reports (office, from_at, to_at, receipts, reported_at) values ($1, $2, $3, $4, $5)
     on conflict do nothing returning id`,
    [office, from, to, receipts, reportedAt],
  )
  return inserted.length > 0
}

/** What was reported and is in no declared outage yet, piece by piece, oldest report first; to the millisecond. */
export function openTroubleReports(queries: Queries): Promise<TroubleReport[]> {
  return queries.query<TroubleReport>(
    `select office, "from", "to", receipts from (
       select id, office, receipts,
         lower(piece) + case when lower_inc(piece) then interval '0' else interval '1 ms' end as "from",
         upper(piece) - case when upper_inc(piece) then interval '0' else interval '1 ms' end as "to"
       from trouble_reports report, unnest(
         tstzmultirange(tstzrange(from_at, to_at, '[]')) - coalesce((
           select range_agg(tstzrange(outage.from_at, outage.to_at, '[]')) from outage_windows outage
           where outage.system = '${ledgerSystem}' and outage.office in ('${everyOffice}', report.office)
         ), '{}')) piece) uncovered
     where "from" <= "to" order by id, "from" limit 100`,
  )
}
