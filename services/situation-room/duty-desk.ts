import { createPrivateKey, sign } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Room } from '../enrolment/room.ts'
import { canonicalJson } from '../saeol/audit/canonical-json.ts'
import type { Approval } from '../saeol/fallback/approvals.ts'

/** The duty officers at the desk, who look, decide and sign one after the other. */
export interface DutyDesk {
  /**
   * @param officers how many must sign
   * @throws RangeError when there are not that many
   */
  sign(subject: unknown, officers: number, signal: AbortSignal): Promise<Approval[]>
}

/** @param reactionMs how long each officer takes before signing */
export function createDutyDesk(room: Pick<Room, 'dutyOfficers'>, reactionMs: number): DutyDesk {
  const officers = room.dutyOfficers.map(({ id, privateKeyPkcs8 }) => ({
    id,
    key: createPrivateKey({ key: Buffer.from(privateKeyPkcs8, 'base64'), format: 'der', type: 'pkcs8' }),
  }))
  return {
    async sign(subject, count, signal) {
      if (count > officers.length) {
        throw new RangeError(`${count} duty officers must sign, but only ${officers.length} are enrolled`)
      }
      const text = Buffer.from(canonicalJson(subject))
      const approvals: Approval[] = []
      for (const { id, key } of officers.slice(0, count)) {
        await sleep(reactionMs, undefined, { signal })
        const signature = sign('sha256', text, { key, dsaEncoding: 'ieee-p1363' })
        approvals.push({ officer: id, signature: signature.toString('base64') })
      }
      return approvals
    },
  }
}
