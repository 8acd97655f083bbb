import { Secret, TOTP } from 'otpauth'
import type { Queries } from '../../common/database.ts'
import type { Sabotaged } from '../../common/sabotage.ts'

/** RFC 6238 as authenticator applications speak it: SHA-1, 6 digits, 30 s. */
const periodS = 30
/** Steps a clock may be off, either way. RFC 6238, 5.2 recommends at most one. */
const window = 1

/** Steps that a code may be old under the sabotage `old-code`: a quarter of an hour. */
const oldWindow = 30

/** @returns the step the code belongs to, undefined when it is wrong; takes the same time either way */
export function stepOfCode(
  secretBase32: string,
  code: string,
  nowMs: number,
  sabotaged: Sabotaged = () => false,
): number | undefined {
  const totp = new TOTP({ secret: Secret.fromBase32(secretBase32), period: periodS })
  const delta = totp.validate({
    token: code,
    timestamp: nowMs,
    window: sabotaged('old-code') ? oldWindow : window,
  })
  return delta === null ? undefined : Math.floor(nowMs / 1000 / periodS) + delta
}

/** Takes the code for good: neither it nor an earlier one of this official is taken again. */
export async function useCode(queries: Queries, officialId: string, step: number): Promise<boolean> {
  const used = await queries.query(
    `insert into login_codes as codes (official, last_step) values ($1, $2)
     on conflict (official) do update set last_step = excluded.last_step
     where codes.last_step < excluded.last_step returning official`,
    [officialId, step],
  )
  return used.length > 0
}
