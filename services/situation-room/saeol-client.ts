import { z } from 'zod'
import type { Approval } from '../saeol/fallback/approvals.ts'
import type { Scope, VantagePoint } from '../saeol/fallback/openings.ts'
import type { OutageWindow } from '../saeol/ledger/outage-windows.ts'
import { type Answer, ask } from './probes/ask.ts'

export interface OpeningAsked {
  readonly scope: Scope
  /** Epoch ms. */
  readonly expiresAt: number
  readonly reason: string
  readonly vantagePoints: readonly VantagePoint[]
  readonly nonce: string
}

export interface OpeningSeen {
  readonly id: string
  /** Epoch ms. */
  readonly openedAt: number
  readonly expiresAt: number
}

export interface TroubleSeen {
  readonly office: string
  readonly from: Date
  readonly to: Date
}

/** What the room does at Saeol. Every call throws when Saeol refuses or does not answer in time. */
export interface SaeolClient {
  openingInForce(): Promise<OpeningSeen | undefined>
  open(asked: OpeningAsked, approvals: readonly Approval[]): Promise<OpeningSeen>
  close(opening: string, reason: string, approvals: readonly Approval[]): Promise<void>
  declareOutage(window: OutageWindow, approvals: readonly Approval[]): Promise<void>
  openOutages(): Promise<OutageWindow[]>
  /** What counters reported and nobody declared yet. */
  troubleReports(): Promise<TroubleSeen[]>
}

const moment = z.iso.datetime().transform((text) => Date.parse(text))
const opening = z.object({ id: z.string(), openedAt: moment, expiresAt: moment })
const fallbackState = z.object({ opening: opening.optional() })
const moments = z.iso.datetime().transform((text) => new Date(text))
const windows = z.object({
  outageWindows: z.array(
    z.object({ system: z.string(), office: z.string(), from: moments, to: moments.nullable() }),
  ),
})

const reports = z.object({
  troubleReports: z.array(z.object({ office: z.string(), from: moments, to: moments })),
})

export function createSaeolClient(options: {
  readonly url: string
  /** What the room shows Saeol. */
  readonly token: string
  /** Longest wait for an answer, in ms. */
  readonly timeoutMs: number
}): SaeolClient {
  function call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> {
    const signal = AbortSignal.timeout(options.timeoutMs)
    const headers = { authorization: `Bearer ${options.token}` }
    return ask(`${options.url}${path}`, { method, body, headers, signal })
  }

  async function openingInForce(): Promise<OpeningSeen | undefined> {
    return fallbackState.parse(accepted(await call('GET', '/fallback'))).opening
  }

  return {
    openingInForce,
    async open(asked, approvals) {
      const answer = await call('POST', '/fallback/open', { ...asked, approvals })
      // The answer to an earlier try may have been lost on its way.
      const there = answer.status === 409 ? await openingInForce() : undefined
      return there ?? opening.parse(accepted(answer))
    },
    async close(id, reason, approvals) {
      accepted(await call('POST', '/fallback/close', { opening: id, reason, approvals }))
    },
    async declareOutage(window, approvals) {
      accepted(await call('POST', '/outage-windows', { ...window, approvals }))
    },
    async openOutages() {
      const all = windows.parse(accepted(await call('GET', '/outage-windows'))).outageWindows
      return all.filter(({ to }) => to === null)
    },
    async troubleReports() {
      return reports.parse(accepted(await call('GET', '/trouble-reports'))).troubleReports
    },
  }
}

function accepted({ status, body }: Answer): unknown {
  if (status !== 200 && status !== 201) throw new Error(`Saeol answered ${status}: ${body.slice(0, 300)}`)
  return JSON.parse(body)
}
