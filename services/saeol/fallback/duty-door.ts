import { type RequestHandler, Router } from 'express'
import { Problem } from '../../common/problem.ts'
import { showsToken } from '../../common/require-token.ts'
import type { Audit } from '../audit/audit.ts'

/** What is signed by duty officers, and may be sent by anybody who reaches Saeol. */
const paths = ['/fallback/open', '/fallback/close', '/outage-windows']

/** The longest of them, in bytes. † ours: an opening for every district of Seoul takes less than two thousand. */
const largestBytes = 16_384

/**
 * Tries at once by all together who do not show the room's token, and one more per so many ms. † ours: officers who do it
 * by hand sign no faster.
 */
const strangersAtOnce = 10
const strangersRefillMs = 500

/** Refusals of what no duty officer has signed are told to the audit no more often, in ms. † ours. */
const toldEveryMs = 600_000

/**
 * The door that duty officers' signatures come in by. A signature costs CPU to look at and a refusal takes room in the
 * audit, so neither is had without limit by those who can sign nothing; the situation room is never kept waiting by them.
 */
export interface DutyDoor {
  /** Turns away, before the body is read, what is too large or comes too often. */
  readonly router: Router
  /**
   * Audits a refusal: one by one what a duty officer has signed. The rest is counted, so that how many records it makes
   * depends on the time that passes and not on how many there are.
   * @param officers those whose signature under it was right
   */
  refused(kind: string, facts: Readonly<Record<string, unknown>>, officers: readonly string[]): Promise<void>
}

/** @param options.now epoch ms */
export function createDutyDoor(options: {
  readonly audit: Pick<Audit, 'append'>
  /** What the situation room shows. */
  readonly roomToken: string
  readonly now: () => number
}): DutyDoor {
  const { audit, roomToken, now } = options
  /** When the bucket of strangers is full again, epoch ms. */
  let fullAt = 0
  let toldAt = Number.NEGATIVE_INFINITY
  /** Refused or turned away since it was last told. */
  let untold = 0

  function mayTry(): boolean {
    const next = Math.max(fullAt, now()) + strangersRefillMs
    if (next - now() > strangersAtOnce * strangersRefillMs) return false
    fullAt = next
    return true
  }

  const guard: RequestHandler = (request, _response, next) => {
    // A body of unknown length is not begun.
    const bytes = Number(request.get('Content-Length') ?? Number.NaN)
    if (!(bytes <= largestBytes)) {
      throw new Problem(413, 'too-large', `say its length, and no more than ${largestBytes} bytes`)
    }
    if (!showsToken(request, roomToken) && !mayTry()) {
      untold += 1
      throw new Problem(429, 'too-many-tries', 'too many tried this; the situation room shows its token')
    }
    next()
  }

  return {
    router: Router().post(paths, guard),
    async refused(kind, facts, officers) {
      if (officers.length > 0) return audit.append(kind, { ...facts, officers })
      untold += 1
      if (now() - toldAt < toldEveryMs) return
      const count = untold
      untold = 0
      toldAt = now()
      await audit.append(kind, { ...facts, officers, count })
    },
  }
}
